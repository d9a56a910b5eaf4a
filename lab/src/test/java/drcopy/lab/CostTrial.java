// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a copier costs when nothing happens, when there are fifty interceptors instead of three, and how long it stands still for
 * its memory. Takes minutes, and a machine that does nothing else: runs by name only, prints, and judges what an issue bounds.
 */
@Tag("lab")
class CostTrial {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int ROUNDS = Integer.getInteger("cost.rounds", 3);
    /** More options of the copier's JVM. */
    private static final String JVM = System.getProperty("cost.jvm", "");

    private static final int MORE_INTERCEPTORS = 47;
    private static final double LONGEST_PAUSE_MS = 5;
    /** From 3 interceptors to 50. */
    private static final double MOST_GROWTH = 1.2;

    @Test
    void idle() {
        try (Mirror mirror = Mirror.up(Lab.Director.HMARK)) {
            load(mirror, "warm", "KEEPALIVE", 2000, 20_000);
            Mirror.Mark mark = mirror.mark();
            double before = mirror.copier().cpuSeconds();
            long startNs = System.nanoTime();
            Await.happens(
                    Duration.ofSeconds(30),
                    () -> System.nanoTime() - startNs > Duration.ofSeconds(29).toNanos());
            double seconds = (System.nanoTime() - startNs) / 1e9;
            double percent = 100 * (mirror.copier().cpuSeconds() - before) / seconds;
            assertThat(mirror.onlineLines(mark)).isEmpty();
            System.out.printf(Locale.ROOT, "idle: %.2f %% of a core over %.0f s%n", percent, seconds);
            assertThat(percent).isLessThan(0.5);
        }
    }

    @Test
    void routesToFiftyRealServers() throws IOException {
        try (Mirror mirror = Mirror.up(Lab.Director.HMARK)) {
            mirror.lab().control("ports", "threads");
            try (IdleInterceptors more = IdleInterceptors.start(mirror.lab(), MORE_INTERCEPTORS)) {
                String three =
                        mirror.lab().realServers().stream().map(Lab::address).collect(Collectors.joining(","));
                String fifty = three + "," + more.addresses();
                List<Double> few = new ArrayList<>();
                List<Double> many = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                    few.add(secondsOfSessions(mirror, three, 3));
                    many.add(secondsOfSessions(mirror, fifty, 3 + MORE_INTERCEPTORS));
                }
                System.out.printf(
                        Locale.ROOT,
                        "routes: copier's CPU seconds of 100,000 short connections: 3 interceptors %s, 50 %s%n",
                        few,
                        many);
                assertThat(median(many)).isLessThanOrEqualTo(MOST_GROWTH * median(few));
            }
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static double secondsOfSessions(Mirror mirror, String servers, int interceptors) {
        mirror.startCopier(List.of("-x", Mirror.transfers(), "-s", servers));
        Await.until(
                interceptors + " interceptors are up",
                LIMIT,
                () -> mirror.copier().metric("interceptors_up") == interceptors);
        load(mirror, "warm" + interceptors, "SHORT", 2000, 100_000);
        double before = mirror.copier().cpuSeconds();
        int sessions = 40_000;
        load(mirror, "measured" + interceptors, "SHORT", 2000, sessions);
        return (mirror.copier().cpuSeconds() - before) * 100_000 / sessions;
    }

    private static void load(Mirror mirror, String run, String style, int rate, int count) {
        Mirror.Mark mark = mirror.mark();
        mirror.load(
                LIMIT,
                "--run",
                run,
                "--style",
                style,
                "--connections",
                "200",
                "--rate",
                Integer.toString(rate),
                "--count",
                Integer.toString(count),
                "--seconds",
                "150");
        Comparison comparison = mirror.settle(mark, LIMIT);
        System.out.println(run + ": " + comparison);
        assertThat(comparison.percent()).isEqualTo("100.00");
    }

    @Test
    void pausesAtFiveThousandRequestsASecond() throws IOException {
        try (Mirror mirror = Mirror.up(Lab.Director.HMARK)) {
            mirror.lab().control("ports", "threads");
            Path log = mirror.lab().folder().resolve("gc.log");
            mirror.copier().close();
            mirror.copier().under(List.of("env", "_JAVA_OPTIONS=" + JVM + " -Xlog:gc:file=" + log));
            mirror.copier().start();
            mirror.copier().awaitReady();
            int whenReady = Files.readAllLines(log).size();
            load(mirror, "pauses", "KEEPALIVE", 5000, 600_000);
            List<String> lines = Files.readAllLines(log);
            lines.forEach(System.out::println);
            List<Double> pauses = pauses(lines.subList(whenReady, lines.size()));
            System.out.printf(
                    Locale.ROOT,
                    "pauses: %d, the longest %.3f ms, the median %.3f ms, all together %.0f ms%n",
                    pauses.size(),
                    pauses.get(pauses.size() - 1),
                    median(pauses),
                    pauses.stream().mapToDouble(pause -> pause).sum());
            assertThat(pauses.get(pauses.size() - 1)).isLessThanOrEqualTo(LONGEST_PAUSE_MS);
        }
    }

    /** Milliseconds, the shortest first. */
    private static List<Double> pauses(List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains("Pause") && line.endsWith("ms"))
                .map(line -> Double.valueOf(line.replaceFirst("^.* ([0-9.]+)ms$", "$1")))
                .sorted()
                .toList();
    }
}
