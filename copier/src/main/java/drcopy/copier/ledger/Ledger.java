// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.ledger;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;

/**
 * The copier's counters of one shard. One thread writes, any thread reads values that are at most a moment old: a write is a
 * plain store ordered by {@code lazySet}, never a locked instruction.
 *
 * <p>The books: {@code segmentsCaptured = delivered + held + sum of dropped}, at any moment between two engine calls.
 */
public final class Ledger {
    private static final int COUNTERS = CopierCounter.values().length;
    private static final int REASONS = DropReason.values().length;

    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);
    private final AtomicLongArray droppedSegments = new AtomicLongArray(REASONS);
    private final AtomicLongArray droppedBytes = new AtomicLongArray(REASONS);
    private final AtomicLongArray droppedDatagrams = new AtomicLongArray(REASONS);
    private final AtomicLongArray gauges = new AtomicLongArray(Gauge.values().length);

    private final Distribution[] distributions =
            Stream.of(Distribution.Kind.values()).map(Distribution::new).toArray(Distribution[]::new);

    /** What goes up and down. */
    public enum Gauge {
        /** Captured segments that are neither delivered nor dropped yet. */
        SEGMENTS_HELD("segments_held", "Captured segments waiting to be sent or acknowledged."),
        BYTES_HELD("bytes_held", "Payload bytes waiting to be sent or acknowledged."),
        SESSIONS("sessions", "Sessions with state in the copier."),
        REPLICAS_LINGERING("replicas_lingering", "Ended replicas kept for a moment to answer late segments."),
        POOL_BYTES("pool_bytes", "Bytes of the segment pool that were taken from the system.");

        private final String metric;
        private final String help;

        Gauge(String metric, String help) {
            this.metric = metric;
            this.help = help;
        }

        public String metric() {
            return metric;
        }

        public String help() {
            return help;
        }
    }

    /** Writer thread only. */
    public void count(CopierCounter counter) {
        add(counter, 1);
    }

    /** Writer thread only. */
    public void add(CopierCounter counter, long amount) {
        int i = counter.ordinal();
        counters.lazySet(i, counters.getPlain(i) + amount);
    }

    /** Books one or more captured segments as dropped. Writer thread only. */
    public void drop(DropReason reason, long segments, long bytes) {
        int i = reason.ordinal();
        droppedSegments.lazySet(i, droppedSegments.getPlain(i) + segments);
        droppedBytes.lazySet(i, droppedBytes.getPlain(i) + bytes);
    }

    /** Books a captured datagram as dropped. Writer thread only. */
    public void dropDatagram(DropReason reason) {
        int i = reason.ordinal();
        droppedDatagrams.lazySet(i, droppedDatagrams.getPlain(i) + 1);
    }

    /** Moves a gauge up or down. Writer thread only. */
    public void move(Gauge gauge, long by) {
        int i = gauge.ordinal();
        gauges.lazySet(i, gauges.getPlain(i) + by);
    }

    /** Books the size of something. Writer thread only. */
    public void record(Distribution.Kind kind, long value) {
        distributions[kind.ordinal()].record(value);
    }

    public Distribution distribution(Distribution.Kind kind) {
        return distributions[kind.ordinal()];
    }

    public long value(CopierCounter counter) {
        return counters.get(counter.ordinal());
    }

    public long value(Gauge gauge) {
        return gauges.get(gauge.ordinal());
    }

    public long droppedSegments(DropReason reason) {
        return droppedSegments.get(reason.ordinal());
    }

    public long droppedBytes(DropReason reason) {
        return droppedBytes.get(reason.ordinal());
    }

    public long droppedDatagrams(DropReason reason) {
        return droppedDatagrams.get(reason.ordinal());
    }

    /** Sum over all reasons. */
    public long droppedSegments() {
        long sum = 0;
        for (int i = 0; i < REASONS; i++) {
            sum += droppedSegments.get(i);
        }
        return sum;
    }

    /** captured - delivered - held - dropped: zero when the books balance. Exact only on the writer thread. */
    public long imbalance() {
        return value(CopierCounter.SEGMENTS_CAPTURED)
                - value(CopierCounter.SEGMENTS_DELIVERED)
                - value(Gauge.SEGMENTS_HELD)
                - droppedSegments();
    }
}
