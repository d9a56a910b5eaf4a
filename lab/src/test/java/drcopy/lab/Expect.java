// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** What most lab tests expect of a mirror after a load, and the size of loads. */
final class Expect {
    /** Times and counts of loads are multiplied by the system property drcopy.lab.scale. */
    private static final double SCALE = Double.parseDouble(System.getProperty("drcopy.lab.scale", "1"));

    private Expect() {}

    static double scale() {
        return SCALE;
    }

    /** A number of requests or connections, as text for a load's options. */
    static String count(int count) {
        return Long.toString(Math.round(count * SCALE));
    }

    /** Every request online was answered, and arrived once at one real server; nothing reached a client. */
    static Comparison whole(Mirror mirror, Mirror.Mark since, LoadResult load, Duration limit) {
        assertThat(load.answered()).as("answered online: %s", load).isEqualTo(load.issued());
        Await.until(
                "online logged its requests",
                Duration.ofSeconds(30),
                () -> mirror.onlineLines(since).size() >= load.answered());
        Comparison comparison = mirror.settle(since, limit);
        report(mirror, load, comparison);
        assertThat(comparison.online()).isEqualTo(load.answered());
        assertThat(comparison.isWhole()).as("%s%n%s", comparison, state(mirror)).isTrue();
        assertThat(comparison.percent()).isEqualTo("100.00");
        assertThat(mirror.leaks()).as("packets that reached clients").isZero();
        return comparison;
    }

    /** Each real server got some of it. */
    static void shared(Comparison comparison) {
        assertThat(comparison.share().values()).as("share of real servers").allMatch(count -> count > 0);
    }

    /** captured = delivered + held + dropped, once the copier is at rest. */
    static void balancedBooks(Mirror mirror) {
        boolean isBalanced =
                Await.happens(Duration.ofSeconds(30), () -> mirror.copier().metric("books_imbalance_segments") == 0);
        assertThat(isBalanced).as("the books balance; %s", state(mirror)).isTrue();
    }

    /** The copier's counters that are not zero, for messages. */
    static String state(Mirror mirror) {
        if (!mirror.copier().isAlive()) {
            return "the copier ended:\n" + mirror.copier().log();
        }
        StringBuilder text = new StringBuilder("copier:");
        mirror.copier().metrics().entrySet().stream()
                .filter(sample -> sample.getKey().startsWith("drcopy_copier_")
                        && sample.getValue() != 0
                        && !sample.getKey().contains("_bucket{"))
                .sorted(Map.Entry.comparingByKey())
                .forEach(sample -> text.append('\n')
                        .append(sample.getKey().substring("drcopy_copier_".length()))
                        .append(' ')
                        .append(String.format(Locale.ROOT, "%.0f", sample.getValue())));
        return text.toString();
    }

    private static void report(Mirror mirror, LoadResult load, Comparison comparison) {
        double interceptors =
                mirror.interceptors().stream().mapToDouble(Agent::cpuSeconds).sum();
        System.out.printf(
                Locale.ROOT,
                "%s | %.0f/s p50 %d us p99 %d us | since start: copier %.2f s CPU, %d MiB; interceptors %.2f s CPU%n",
                comparison,
                load.rate(),
                load.p50Us(),
                load.p99Us(),
                mirror.copier().cpuSeconds(),
                mirror.copier().peakKib() / 1024,
                interceptors);
    }
}
