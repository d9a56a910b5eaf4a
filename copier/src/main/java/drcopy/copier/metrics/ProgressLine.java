// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.metrics;

import drcopy.copier.governor.Verdict;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import java.util.Locale;

/** One line that says how the copier is doing, from the difference to the line before. Owned by the thread that prints. */
public final class ProgressLine {
    private final Figures figures;
    private long lastNs;
    private long captured;
    private long delivered;
    private long bytes;

    /** @param nowNs where the first line counts from */
    public ProgressLine(Figures figures, long nowNs) {
        this.figures = figures;
        this.lastNs = nowNs;
    }

    /** The line; rates are those since the call before. */
    public String next(long nowNs) {
        Ledgers books = figures.ledgers();
        double seconds = Math.max(1e-3, (nowNs - lastNs) / 1e9);
        long nowCaptured = books.value(CopierCounter.SEGMENTS_CAPTURED);
        long nowDelivered = books.value(CopierCounter.SEGMENTS_DELIVERED);
        long nowBytes = books.value(CopierCounter.BYTES_DELIVERED);
        String line = String.format(
                Locale.ROOT,
                "%,d sessions, %,.0f segments/s captured, %,.0f/s delivered, %.2f Mbit/s, %,d held, %,d dropped,"
                        + " interceptors %d/%d",
                books.value(Ledger.Gauge.SESSIONS),
                (nowCaptured - captured) / seconds,
                (nowDelivered - delivered) / seconds,
                (nowBytes - bytes) * 8 / 1e6 / seconds,
                books.value(Ledger.Gauge.SEGMENTS_HELD),
                lost(books),
                figures.interceptorsUp(),
                figures.standings().get().size());
        Verdict verdict = figures.governor().get();
        if (verdict.state() != Verdict.State.RUN) {
            line += "; governor: " + verdict.text();
        }
        lastNs = nowNs;
        captured = nowCaptured;
        delivered = nowDelivered;
        bytes = nowBytes;
        return line;
    }

    /** What was dropped although it carried something and belonged to the sample. */
    static long lost(Ledgers books) {
        return books.droppedSegments()
                - books.droppedSegments(DropReason.PURE_ACK)
                - books.droppedSegments(DropReason.DUPLICATE)
                - books.droppedSegments(DropReason.NOT_SAMPLED)
                - books.droppedSegments(DropReason.SHED);
    }
}
