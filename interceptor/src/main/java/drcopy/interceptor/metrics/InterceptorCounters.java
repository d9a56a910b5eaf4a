// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.metrics;

import drcopy.wire.PacketDefect;
import java.util.concurrent.atomic.AtomicLongArray;

/** The interceptor's counters and gauges. Any thread adds, any thread reads. */
public final class InterceptorCounters {
    private final AtomicLongArray counters = new AtomicLongArray(InterceptorCounter.values().length);
    private final AtomicLongArray gauges = new AtomicLongArray(InterceptorGauge.values().length);
    private final AtomicLongArray defects = new AtomicLongArray(PacketDefect.values().length);

    public void count(InterceptorCounter counter) {
        counters.getAndIncrement(counter.ordinal());
    }

    public void add(InterceptorCounter counter, long amount) {
        counters.getAndAdd(counter.ordinal(), amount);
    }

    /** For totals that another party counts, as the kernel does with its drops. One thread a counter. */
    public void set(InterceptorCounter counter, long total) {
        counters.lazySet(counter.ordinal(), total);
    }

    /** Counts a packet that is no TCP segment to be used. */
    public void malformed(PacketDefect defect) {
        defects.getAndIncrement(defect.ordinal());
    }

    public void set(InterceptorGauge gauge, long value) {
        gauges.lazySet(gauge.ordinal(), value);
    }

    public void move(InterceptorGauge gauge, long by) {
        gauges.getAndAdd(gauge.ordinal(), by);
    }

    public long value(InterceptorCounter counter) {
        return counters.get(counter.ordinal());
    }

    public long value(InterceptorGauge gauge) {
        return gauges.get(gauge.ordinal());
    }

    public long malformedPackets(PacketDefect defect) {
        return defects.get(defect.ordinal());
    }

    /** The left side of the books less the right one: zero between two duty cycles. */
    public long imbalance() {
        return value(InterceptorCounter.RESPONSES_SUMMARISED)
                - value(InterceptorCounter.RESPONSES_SENT)
                - value(InterceptorCounter.SLOW_STREAM_DROPS)
                - value(InterceptorCounter.STREAM_END_DROPS)
                - value(InterceptorCounter.PARKED_EXPIRED)
                - value(InterceptorCounter.PARKED_EVICTED)
                - value(InterceptorCounter.PARKED_OVERFLOWS)
                - value(InterceptorCounter.PARKED_PAYLOAD_DROPS)
                - value(InterceptorGauge.PENDING)
                - value(InterceptorGauge.PARKED);
    }
}
