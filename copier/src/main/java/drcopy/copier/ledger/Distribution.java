// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.ledger;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often a quantity had which size, in buckets whose upper bounds double. One thread writes, with plain stores ordered by
 * {@code lazySet}; any thread reads values that are at most a moment old.
 */
public final class Distribution {
    private static final int BUCKETS = 20;
    private static final int SUM = BUCKETS + 1;

    private final Kind kind;
    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS + 2);

    /** The quantities, each with the upper bound of its first bucket. */
    public enum Kind {
        REPLAY_LAG(
                "replay_lag_seconds",
                "Time from capture to first transmission of a segment, holding included.",
                1 << 14,
                1e-9),
        FIRST_BYTE(
                "target_first_byte_seconds",
                "Time from a request's first transmission to the target's answer.",
                1 << 14,
                1e-9),
        BATCH("batch_inputs", "Packets and messages taken in by one cycle of a shard that had any.", 1, 1);

        private final String metric;
        private final String help;
        private final int firstBound;
        private final double scale;

        Kind(String metric, String help, int firstBound, double scale) {
            this.metric = metric;
            this.help = help;
            this.firstBound = firstBound;
            this.scale = scale;
        }

        /** Prometheus name without prefix. */
        public String metric() {
            return metric;
        }

        /** One sentence for the metrics page. */
        public String help() {
            return help;
        }

        /** Upper bounds of the buckets but the last, in the metric's unit. */
        public double[] bounds() {
            double[] bounds = new double[BUCKETS];
            for (int i = 0; i < BUCKETS; i++) {
                bounds[i] = ((long) firstBound << i) * scale;
            }
            return bounds;
        }
    }

    Distribution(Kind kind) {
        this.kind = kind;
    }

    /** Writer thread only. {@code value} in nanoseconds or pieces; below 0 counts as 0. */
    void record(long value) {
        long positive = Math.max(0, value);
        long above = (positive - 1) / kind.firstBound;
        int bucket = positive <= kind.firstBound ? 0 : Math.min(BUCKETS, 64 - Long.numberOfLeadingZeros(above));
        counts.lazySet(bucket, counts.getPlain(bucket) + 1);
        counts.lazySet(SUM, counts.getPlain(SUM) + positive);
    }

    /** How many fell into each bucket; the last has no upper bound. */
    public long[] counts() {
        long[] copy = new long[BUCKETS + 1];
        for (int i = 0; i <= BUCKETS; i++) {
            copy[i] = counts.get(i);
        }
        return copy;
    }

    /** Sum of all values, in the metric's unit. */
    public double sum() {
        return counts.get(SUM) * kind.scale;
    }
}
