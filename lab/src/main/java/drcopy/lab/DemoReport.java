// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The demo's closing table. */
final class DemoReport {
    private static final Pattern DROPPED =
            Pattern.compile("drcopy_copier_dropped_segments_total\\{reason=\"([a-z_]+)\"\\}");

    private final Mirror mirror;
    private final Comparison comparison;
    private final long leaks;
    private final StringBuilder text = new StringBuilder();

    DemoReport(Mirror mirror, Comparison comparison, long leaks) {
        this.mirror = mirror;
        this.comparison = comparison;
        this.leaks = leaks;
    }

    String text() {
        requests();
        books();
        parts();
        return text.toString();
    }

    private void requests() {
        line("requests");
        figure("online (production)", comparison.online());
        comparison.share().forEach((host, count) -> figure("real server " + host, count));
        line("  %-32s %11s %%", "delivered", comparison.percent());
        figure("twice", comparison.duplicates());
        figure("never sent by a client, or broken", comparison.foreign() + comparison.broken());
        figure("answers that reached a client", leaks);
        comparison.missing().forEach(request -> line("  missing: %s", request));
        comparison.strange().forEach(request -> line("  strange: %s", request));
    }

    private void books() {
        Agent copier = mirror.copier();
        Map<String, Double> samples = copier.metrics();
        line("%nthe copier's books, in captured segments");
        figure("captured", copier.sum(samples, "segments_captured_total"));
        figure("= delivered", copier.sum(samples, "segments_delivered_total"));
        figure("+ held", copier.sum(samples, "segments_held"));
        List<String> reasons = new ArrayList<>();
        samples.forEach((name, value) -> {
            Matcher matcher = DROPPED.matcher(name);
            if (matcher.matches() && value > 0) {
                reasons.add(String.format(
                        Locale.ROOT, "  %-32s %,13d", "+ dropped: " + matcher.group(1), Math.round(value)));
            }
        });
        reasons.stream().sorted().forEach(reason -> line("%s", reason));
        line("  (pure_ack: acknowledgments without data; the replicas make their own)");
    }

    private void parts() {
        line("%n%-34s %13s %16s", "parts", "CPU seconds", "peak memory MiB");
        part(mirror.copier());
        mirror.interceptors().forEach(this::part);
    }

    private void part(Agent agent) {
        line("  %-32s %13.2f %16d", agent.name(), agent.cpuSeconds(), agent.peakKib() / 1024);
    }

    private void figure(String name, long value) {
        line("  %-32s %,13d", name, value);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format + "%n", values));
    }
}
