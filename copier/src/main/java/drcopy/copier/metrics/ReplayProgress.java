// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.metrics;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/** How far the replay of a file is: a bar for a terminal, a line for a log. Owned by the thread that prints. */
public final class ReplayProgress {
    private static final int WIDTH = 24;
    /** Before this share is done the rest is anybody's guess. */
    private static final double LEAST = 0.002;

    private final Figures figures;
    private final DoubleSupplier progress;
    private final long startNs;
    private long lastNs;
    private long delivered;
    private long bytes;

    /**
     * @param progress share of the work that is done, 0..1
     * @param nowNs where time counts from
     */
    public ReplayProgress(Figures figures, DoubleSupplier progress, long nowNs) {
        this.figures = figures;
        this.progress = progress;
        this.startNs = nowNs;
        this.lastNs = nowNs;
    }

    /** The bar and what the line says; at most 100 columns wide. */
    public String bar(long nowNs) {
        int done = (int) Math.round(progress.getAsDouble() * WIDTH);
        return "[" + "#".repeat(done) + ".".repeat(WIDTH - done) + "] " + line(nowNs);
    }

    /** Share, time that is left, rates since the call before, what is held and dropped. */
    public String line(long nowNs) {
        Ledgers books = figures.ledgers();
        double share = progress.getAsDouble();
        double seconds = Math.max(1e-3, (nowNs - lastNs) / 1e9);
        long nowDelivered = books.value(CopierCounter.SEGMENTS_DELIVERED);
        long nowBytes = books.value(CopierCounter.BYTES_DELIVERED);
        String line = String.format(
                Locale.ROOT,
                "%5.1f %%, %s, %,.0f segments/s, %.1f Mbit/s, %,d held, %,d dropped",
                100 * share,
                left(share, (nowNs - startNs) / 1e9),
                (nowDelivered - delivered) / seconds,
                (nowBytes - bytes) * 8 / 1e6 / seconds,
                books.value(Ledger.Gauge.SEGMENTS_HELD),
                ProgressLine.lost(books));
        lastNs = nowNs;
        delivered = nowDelivered;
        bytes = nowBytes;
        return line;
    }

    private static String left(double share, double elapsed) {
        if (share >= 1) {
            return "read, last sessions end";
        }
        if (share < LEAST) {
            return "--:--:-- left";
        }
        long seconds = Math.round(elapsed * (1 - share) / share);
        return String.format(Locale.ROOT, "%02d:%02d:%02d left", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
