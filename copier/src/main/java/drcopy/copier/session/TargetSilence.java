// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/**
 * Whether a target is silent: timers expire, and for a second it has acknowledged nothing new to any replica. While it is, one
 * replica asks once a second, however long the timers of all have become, so that the end of the silence is seen soon. What the
 * target sends otherwise is no sign of life: it may repeat what it said before, and hear nothing. Owned by the shard thread.
 */
final class TargetSilence {
    /** Longer than any usual answer to a SYN; and how often a silent target is asked. */
    static final long AFTER_NS = RetransmitTimer.INITIAL_RTO_NS;

    private long heardNs = Long.MIN_VALUE / 2;
    private long nextAskedNs = Long.MIN_VALUE;
    private boolean isSilent;
    private boolean isOver;

    /** The target has answered a SYN or acknowledged data. */
    void heard(long nowNs) {
        heardNs = nowNs;
        isOver |= isSilent;
        isSilent = false;
    }

    /** True once after a silence. */
    boolean pollOver() {
        boolean wasOver = isOver;
        isOver = false;
        return wasOver;
    }

    /** A replica's timer has expired and would wait for {@code rtoNs} now: when it expires next. */
    long nextExpiryNs(long nowNs, long rtoNs) {
        isSilent |= nowNs - heardNs >= AFTER_NS;
        if (!isSilent || rtoNs <= AFTER_NS || nowNs < nextAskedNs) {
            return nowNs + rtoNs;
        }
        nextAskedNs = nowNs + AFTER_NS;
        return nextAskedNs;
    }
}
