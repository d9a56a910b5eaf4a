// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;

/**
 * Whether the sessions of a file that is read to its end are done: none is left, or those that the capture leaves open have
 * delivered all and their target has been silent for a while, or the longest wait is over. Owned by the shard thread.
 */
final class Settlement {
    private final Ledger ledger;
    private final long quietNs;
    private final long mostNs;
    private long sinceNs;
    private long activityNs;
    private long activity = -1;

    /**
     * @param quietNs silence after which nobody waits for an answer any more
     * @param mostNs longest wait in all
     */
    Settlement(Ledger ledger, long quietNs, long mostNs) {
        this.ledger = ledger;
        this.quietNs = quietNs;
        this.mostNs = mostNs;
    }

    /** The file's end has just been reached. */
    void begin(long nowNs) {
        sinceNs = nowNs;
        activityNs = nowNs;
        activity = -1;
    }

    boolean isOver(long nowNs) {
        long now = ledger.value(CopierCounter.RESPONSES) + ledger.value(CopierCounter.SEGMENTS_DELIVERED);
        if (now != activity) {
            activity = now;
            activityNs = nowNs;
        }
        boolean isQuiet = ledger.value(Ledger.Gauge.SEGMENTS_HELD) == 0 && nowNs - activityNs >= quietNs;
        return ledger.value(Ledger.Gauge.SESSIONS) == 0 || isQuiet || nowNs - sinceNs >= mostNs;
    }
}
