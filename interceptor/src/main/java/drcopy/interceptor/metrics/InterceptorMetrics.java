// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.metrics;

import drcopy.agent.Metrics;
import drcopy.tls.MutualTls;
import drcopy.wire.PacketDefect;
import java.util.Optional;

/** Registers the counters and gauges for {@code /metrics}. */
public final class InterceptorMetrics {
    private InterceptorMetrics() {}

    public static Metrics register(InterceptorCounters counters, Optional<MutualTls> tls) {
        Metrics metrics = new Metrics("interceptor");
        for (InterceptorCounter counter : InterceptorCounter.values()) {
            metrics.counter(counter.metric(), counter.help(), () -> counters.value(counter));
        }
        for (InterceptorGauge gauge : InterceptorGauge.values()) {
            metrics.gauge(gauge.metric(), gauge.help(), () -> counters.value(gauge));
        }
        metrics.counters(
                "malformed_packets",
                "Packets that are no TCP segments to be used.",
                "defect",
                PacketDefect.class,
                counters::malformedPackets);
        tls.ifPresent(files -> metrics.certificateExpiry(files::expirySeconds));
        return metrics;
    }
}
