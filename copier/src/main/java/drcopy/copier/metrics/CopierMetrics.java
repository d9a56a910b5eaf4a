// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.metrics;

import drcopy.agent.Metrics;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Distribution;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import drcopy.copier.mysql.Command;
import drcopy.copier.mysql.MySqlCounts;
import drcopy.copier.mysql.MySqlEvent;
import drcopy.copier.mysql.SkipReason;
import drcopy.copier.response.InterceptorSet.Standing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Registers everything the copier shows on {@code /metrics}. */
public final class CopierMetrics {
    private CopierMetrics() {}

    /** All counters, gauges and drops by reason, under {@code drcopy_copier_}. */
    public static Metrics of(Figures figures) {
        Metrics metrics = new Metrics("copier");
        Ledgers ledgers = figures.ledgers();
        for (CopierCounter counter : CopierCounter.values()) {
            metrics.counter(counter.metric(), counter.help(), () -> ledgers.value(counter));
        }
        for (Ledger.Gauge gauge : Ledger.Gauge.values()) {
            metrics.gauge(gauge.metric(), gauge.help(), () -> ledgers.value(gauge));
        }
        for (Distribution.Kind kind : Distribution.Kind.values()) {
            metrics.histogram(
                    kind.metric(), kind.help(), kind.bounds(), () -> ledgers.counts(kind), () -> ledgers.sum(kind));
        }
        metrics.counters(
                "dropped_segments",
                "Captured segments that were not delivered, by reason.",
                "reason",
                DropReason.class,
                ledgers::droppedSegments);
        metrics.counters(
                "dropped_bytes",
                "Payload bytes of captured segments that were not delivered, by reason.",
                "reason",
                DropReason.class,
                ledgers::droppedBytes);
        metrics.counters(
                "dropped_datagrams",
                "Captured datagrams that were not sent, by reason.",
                "reason",
                DropReason.class,
                ledgers::droppedDatagrams);
        metrics.gauge(
                "books_imbalance_segments",
                "Captured less delivered, held and dropped: 0 but for what is counted while this is read.",
                ledgers::imbalance);
        metrics.counters(
                "send_errors_by_errno",
                "Packets the kernel did not take, by its error.",
                "errno",
                figures.sendErrors());
        metrics.gauge(
                "routes_live",
                "Routes that are announced, of live replicas and of those that ended a moment ago.",
                () -> figures.liveRoutes().getAsInt());
        addGovernor(metrics, figures);
        addInterceptors(metrics, figures);
        figures.mysql().ifPresent(counts -> addMySql(metrics, counts));
        return metrics;
    }

    private static void addGovernor(Metrics metrics, Figures figures) {
        metrics.gauge(
                "governor_state",
                "0 all is mirrored, 1 new sessions are shed, 2 mirroring is paused.",
                () -> figures.governor().get().state().ordinal());
        metrics.gauge(
                "governor_share_ratio",
                "Share of the sample that new sessions are taken up from.",
                () -> figures.governor().get().share());
        metrics.gauge(
                "governor_load_ratio",
                "Use of the scarcest resource, as a share of its budget.",
                () -> figures.governor().get().load());
    }

    private static void addMySql(Metrics metrics, MySqlCounts counts) {
        for (MySqlEvent event : MySqlEvent.values()) {
            metrics.counter("mysql_" + event.metric(), event.help(), () -> counts.value(event));
        }
        metrics.counters(
                "mysql_commands", "Commands that went to the target.", "command", Command.class, counts::value);
        metrics.counters(
                "mysql_sessions_skipped",
                "Sessions that are not mirrored, by reason.",
                "reason",
                SkipReason.class,
                counts::value);
        metrics.counters("mysql_target_errors", "Errors the target answered, by code.", "code", counts::errorsByName);
    }

    private static void addInterceptors(Metrics metrics, Figures figures) {
        metrics.gauge("interceptors_up", "Interceptors with at least one welcomed stream.", figures::interceptorsUp);
        metrics.gauges(
                "interceptor_streams_up",
                "Welcomed streams to each interceptor.",
                "interceptor",
                () -> byInterceptor(figures, Standing::streamsUp));
        metrics.gauges(
                "interceptor_responses_dropped",
                "Summaries each interceptor dropped because our streams were slow, since they began.",
                "interceptor",
                () -> byInterceptor(figures, Standing::responsesDropped));
    }

    private static Map<String, Double> byInterceptor(Figures figures, ToDoubleFunction<Standing> value) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (Standing standing : figures.standings().get()) {
            values.put(standing.interceptor().toString(), value.applyAsDouble(standing));
        }
        return values;
    }
}
