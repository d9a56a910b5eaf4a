// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * What a process shows of itself in Prometheus's words. Values are read from the process's own counters when somebody asks, so
 * counting costs the process nothing more than its own array. Register at start, from one thread; suppliers are called by any
 * thread and must not block.
 */
public final class Metrics {
    private final String prefix;
    private final PrometheusRegistry registry = new PrometheusRegistry();

    /** @param program {@code copier}: names begin with {@code drcopy_copier_} */
    public Metrics(String program) {
        prefix = "drcopy_" + program + "_";
        Info.builder()
                .name("drcopy_build")
                .help("What is running.")
                .labelNames("program", "version", "commit")
                .register(registry)
                .setLabelValues(program, Version.version(), Version.commit());
    }

    /** A total since the start. {@code name} without prefix and without {@code _total}. */
    public void counter(String name, String help, LongSupplier value) {
        CounterWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    /** Something that goes up and down. */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** A total for each constant of an enum, told apart by a label that holds the constant's name in lower case. */
    public <E extends Enum<E>> void counters(
            String name, String help, String label, Class<E> constants, ToLongFunction<E> value) {
        CounterWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .labelNames(label)
                .callback(callback -> {
                    for (E constant : constants.getEnumConstants()) {
                        callback.call(
                                (double) value.applyAsLong(constant),
                                constant.name().toLowerCase(Locale.ROOT));
                    }
                })
                .register(registry);
    }

    /** Totals that are told apart by a label whose values are known only while running. */
    public void counters(String name, String help, String label, Supplier<Map<String, Long>> values) {
        CounterWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .labelNames(label)
                .callback(callback -> values.get().forEach((key, value) -> callback.call(value.doubleValue(), key)))
                .register(registry);
    }

    /** Gauges that are told apart by a label whose values are known only while running. */
    public void gauges(String name, String help, String label, Supplier<Map<String, Double>> values) {
        GaugeWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .labelNames(label)
                .callback(callback -> values.get().forEach((key, value) -> callback.call(value, key)))
                .register(registry);
    }

    /**
     * How often a quantity had which size.
     *
     * @param bounds upper bounds of all buckets but the last
     * @param counts how many fell into each bucket and no smaller one
     */
    public void histogram(String name, String help, double[] bounds, Supplier<long[]> counts, DoubleSupplier sum) {
        double[] upper = Arrays.copyOf(bounds, bounds.length + 1);
        upper[bounds.length] = Double.POSITIVE_INFINITY;
        registry.register(() -> HistogramSnapshot.builder()
                .name(prefix + name)
                .help(help)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(
                                upper.clone(),
                                LongStream.of(counts.get())
                                        .mapToObj(count -> count)
                                        .toArray(Long[]::new)))
                        .sum(sum.getAsDouble())
                        .build())
                .build());
    }

    /** When this host's certificate expires, in seconds since 1970. */
    public void certificateExpiry(LongSupplier seconds) {
        gauge(
                "certificate_expiry_timestamp_seconds",
                "When this host's certificate expires, seconds since 1970.",
                seconds::getAsLong);
    }

    /** CPU time, memory and collections of this process, under the names every Prometheus client uses. */
    void addProcess() {
        ProcessMetrics.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
    }

    PrometheusRegistry registry() {
        return registry;
    }
}
