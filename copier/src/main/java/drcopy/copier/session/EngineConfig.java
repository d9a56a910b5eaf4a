// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/**
 * What the engine is told once. All lengths in bytes, all times in nanoseconds.
 *
 * @param shard number of the shard, 0..255: the top byte of every route id
 * @param instanceIds instance ID of each replica, 0..1023; one replica per entry; {@link SessionEngine#useInstances} changes them
 * @param mtu largest IP packet sent toward the target, 576..65535
 * @param mtu6 the same toward IPv6 targets, 1280..65535
 * @param mss MSS announced when the engine makes a SYN of its own, 88..65495
 * @param sessionTimeoutNs a replica with unanswered data and no response for this long is reset
 * @param holdNs longest hold of a request for the answer to the one before; 0 never holds
 * @param joinIdleNs silence after which any payload counts as the start of a request; 0 never
 * @param gapNs how long a hole in the captured stream may stay open
 * @param lingerNs how long an ended replica answers late segments
 * @param maxLingering ended replicas kept at most
 * @param maxOpening replicas in SYN_SENT at most whose SYN was not yet given up once; others wait their turn
 * @param maxSessions sessions at most
 * @param maxSessionBytes payload bytes one session may hold
 * @param poolBytes bytes of captured payload the engine may hold in all
 * @param onlySyn join no session whose SYN was not captured
 */
public record EngineConfig(
        int shard,
        int[] instanceIds,
        int mtu,
        int mtu6,
        int mss,
        long sessionTimeoutNs,
        long holdNs,
        long joinIdleNs,
        long gapNs,
        long lingerNs,
        int maxLingering,
        int maxOpening,
        int maxSessions,
        int maxSessionBytes,
        long poolBytes,
        boolean onlySyn) {

    /** The defaults of the command line, for shard 0 and instance 0, but the same MTU for both families. */
    public static EngineConfig defaults() {
        return new EngineConfig(
                0,
                new int[] {0},
                1500,
                1500,
                1460,
                120_000_000_000L,
                5_000_000_000L,
                500_000_000L,
                1_000_000_000L,
                2_000_000_000L,
                16_384,
                1_024,
                1_000_000,
                64 << 20,
                256L << 20,
                false);
    }
}
