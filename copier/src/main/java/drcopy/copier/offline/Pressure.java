// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.EngineConfig;

/**
 * Whether the sessions hold so much that reading has to wait: the reader of a file can wait, so nothing is dropped for want of
 * memory, as it is when a live capture is ahead of its target. Reading goes on at half of the limits. Owned by the shard thread.
 */
final class Pressure {
    private static final int LEAST_SEGMENTS = 256;
    private static final int MOST_SEGMENTS = 16_384;

    private final Ledger ledger;
    private final long mostBytes;
    private final long mostSegments;
    private final long mostSessions;
    private boolean isHigh;

    /**
     * @param mostBytes payload held
     * @param mostSegments segments held
     * @param mostSessions sessions; counts only while some of them are about to end or to move on
     */
    Pressure(Ledger ledger, long mostBytes, long mostSegments, long mostSessions) {
        this.ledger = ledger;
        this.mostBytes = mostBytes;
        this.mostSegments = mostSegments;
        this.mostSessions = mostSessions;
    }

    /** Well below what makes the engine refuse: a quarter of its pool at most, and no session can reach its own limit. */
    static Pressure of(EngineConfig limits, Ledger ledger) {
        return new Pressure(
                ledger,
                limits.poolBytes() / 8,
                Math.max(LEAST_SEGMENTS, Math.min(MOST_SEGMENTS, limits.maxSessions() / 2)),
                limits.maxSessions() * 3L / 4);
    }

    boolean isHigh() {
        isHigh = exceeds(isHigh ? 2 : 1);
        return isHigh;
    }

    private boolean exceeds(int divisor) {
        long segments = ledger.value(Ledger.Gauge.SEGMENTS_HELD);
        return ledger.value(Ledger.Gauge.BYTES_HELD) > mostBytes / divisor
                || segments > mostSegments / divisor
                || areSessionsMany(segments);
    }

    /** Idle sessions may stay for as long as the capture has them: waiting for those would be waiting for ever. */
    private boolean areSessionsMany(long segments) {
        boolean isMoving = segments > 0 || ledger.value(Ledger.Gauge.REPLICAS_LINGERING) > 0;
        return isMoving && ledger.value(Ledger.Gauge.SESSIONS) > mostSessions;
    }
}
