// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

/**
 * A histogram of durations in nanoseconds with 32 buckets per power of two: any percentile is exact within 3 %. One thread.
 */
public final class Latencies {
    private static final int SUB_BUCKET_BITS = 5;
    private static final int SUB_BUCKETS = 1 << SUB_BUCKET_BITS;

    private final long[] buckets = new long[(Long.SIZE - SUB_BUCKET_BITS) * SUB_BUCKETS];
    private long count;
    private long maxNs;

    /** Takes one duration; negative ones count as zero. */
    public void record(long ns) {
        long value = Math.max(0, ns);
        buckets[index(value)]++;
        count++;
        maxNs = Math.max(maxNs, value);
    }

    public long count() {
        return count;
    }

    public long maxNs() {
        return maxNs;
    }

    /** The smallest bucket limit that {@code percent} (0..100) of the durations do not exceed; 0 when there are none. */
    public long percentileNs(double percent) {
        long rank = Math.max(1, (long) Math.ceil(count * percent / 100));
        long seen = 0;
        for (int i = 0; i < buckets.length; i++) {
            seen += buckets[i];
            if (seen >= rank) {
                return Math.min(maxNs, upperLimit(i));
            }
        }
        return maxNs;
    }

    private static int index(long value) {
        if (value < SUB_BUCKETS) {
            return (int) value;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - SUB_BUCKET_BITS;
        return shift * SUB_BUCKETS + (int) (value >>> shift);
    }

    private static long upperLimit(int index) {
        if (index < 2 * SUB_BUCKETS) {
            return index;
        }
        int shift = index / SUB_BUCKETS - 1;
        return ((long) (index % SUB_BUCKETS + SUB_BUCKETS + 1) << shift) - 1;
    }
}
