// SPDX-License-Identifier: Apache-2.0
package drcopy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.HostPort;
import drcopy.agent.Metrics;
import drcopy.agent.MetricsServer;
import drcopy.coordinator.command.CoordinatorMetrics;
import drcopy.copier.governor.Verdict;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import drcopy.copier.metrics.CopierMetrics;
import drcopy.copier.metrics.Figures;
import drcopy.copier.response.InterceptorSet.Standing;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.metrics.InterceptorMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class MonitoringTest {
    private static final String ALERTS = "ansible/monitoring/alerts.yml";
    private static final String DASHBOARD = "ansible/monitoring/dashboard.json";
    private static final String OPERATIONS = "docs/OPERATIONS.md";

    private static final Pattern OUR_METRIC = Pattern.compile("drcopy_[a-z_]+");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");

    @Test
    void alertsNameMetricsThatAreThere() throws IOException {
        assertThat(names(OUR_METRIC, ALERTS)).isNotEmpty().isSubsetOf(shown());
    }

    @Test
    void dashboardNamesMetricsThatAreThere() throws IOException {
        assertThat(names(OUR_METRIC, DASHBOARD)).isNotEmpty().isSubsetOf(shown());
    }

    @Test
    void everyAlertIsExplained() {
        assertThat(rows(ALERT, ALERTS)).isNotEmpty().allSatisfy(alert -> assertThat(Checkout.text(OPERATIONS))
                .contains("| `" + alert + "` |"));
        assertThat(count("          runbook: ")).isEqualTo(rows(ALERT, ALERTS).size());
    }

    @Test
    void everyDropReasonIsExplained() {
        Set<String> explained = rows(Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|"), OPERATIONS);

        assertThat(explained)
                .containsExactlyInAnyOrderElementsOf(List.of(DropReason.values()).stream()
                        .map(DropReason::name)
                        .toList());
    }

    @Test
    void alertsNameDropReasonsThatAreThere() {
        Set<String> reasons = List.of(DropReason.values()).stream()
                .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        Pattern matcher = Pattern.compile("reason[!=~]+\"([a-z_|]+)\"");

        assertThat(rows(matcher, ALERTS).stream().flatMap(list -> List.of(list.split("\\|")).stream()))
                .isNotEmpty()
                .allSatisfy(reason -> assertThat(reasons).contains(reason));
    }

    private static long count(String text) {
        return Checkout.text(ALERTS)
                .lines()
                .filter(line -> line.startsWith(text))
                .count();
    }

    private static Set<String> names(Pattern pattern, String file) {
        return pattern.matcher(Checkout.text(file))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> rows(Pattern pattern, String file) {
        return pattern.matcher(Checkout.text(file))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names of the samples that a scrape of each agent has. */
    private static Set<String> shown() throws IOException {
        Standing standing = new Standing(new HostPort("198.18.1.11", 36_524), 1, 0, "");
        Ledgers ledgers = new Ledgers(List.of(new Ledger()));
        Figures figures = new Figures(
                ledgers,
                () -> 0,
                () -> List.of(standing),
                () -> Map.of("EPERM", 1L),
                () -> Verdict.RUNNING,
                Optional.empty());
        Metrics copier = CopierMetrics.of(figures);
        copier.certificateExpiry(() -> 0);
        Metrics interceptor = InterceptorMetrics.register(new InterceptorCounters(), Optional.empty());
        interceptor.certificateExpiry(() -> 0);
        Set<String> names = new TreeSet<>(scrape(copier));
        names.addAll(scrape(interceptor));
        names.addAll(scrape(CoordinatorMetrics.of(() -> true)));
        return names;
    }

    private static Set<String> scrape(Metrics metrics) throws IOException {
        try (MetricsServer server = MetricsServer.start(metrics, "127.0.0.1", 0, () -> null, () -> null);
                InputStream page = URI.create("http://127.0.0.1:" + server.port() + "/metrics")
                        .toURL()
                        .openStream()) {
            String text = new String(page.readAllBytes(), StandardCharsets.UTF_8);
            Set<String> names = new TreeSet<>();
            TYPE.matcher(text).results().forEach(type -> {
                names.add(type.group(1));
                if (type.group(2).equals("histogram")) {
                    names.add(type.group(1) + "_bucket");
                }
            });
            return names;
        }
    }
}
