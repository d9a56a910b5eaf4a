// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole target fails and comes back, under keep-alive and short connections that do not notice. */
@Tag("lab")
class TargetFaultsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int MEMORY_MIB = 256;
    /** Seconds after the target's return from which on new sessions are mirrored. */
    private static final double RETURN_SECONDS = 2;
    /** The same when memory is full: some of it has to be delivered first, on a machine shared with the target. */
    private static final double RETURN_WITH_FULL_MEMORY_SECONDS = 6;

    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.LVS, "-m", Integer.toString(MEMORY_MIB));
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    private static void survives(String run, Runnable fault, int faultRequests, Runnable heal) {
        survives(run, fault, faultRequests, heal, RETURN_SECONDS);
    }

    private static void survives(String run, Runnable fault, int faultRequests, Runnable heal, double returnSeconds) {
        LoadResult calm = mirror.load(LIMIT, "--run", run + "c", "--style", "SHORT", "--rate", "200", "--count", "400");
        Mirror.Mark mark = mirror.mark();
        double healed;
        LoadResult result;
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", run, "--style", "SHORT", "--rate", "200", "--seconds", "100")) {
            Await.until("the load flows", LIMIT, () -> mirror.onlineLines(mark).size() > 200);
            fault.run();
            int before = mirror.onlineLines(mark).size();
            Await.until("the fault lasts", LIMIT, () -> mirror.onlineLines(mark).size() > before + faultRequests);
            heal.run();
            healed = System.currentTimeMillis() / 1000.0;
            double returned = healed + returnSeconds;
            Await.until(
                    "requests after the target's return",
                    LIMIT,
                    () -> since(mark, returned).size() > 400);
            load.finish();
            result = load.await(LIMIT);
        }
        assertThat(result.answered()).as("production: %s", result).isEqualTo(result.issued());
        long answered = result.answered();
        Await.until(
                "online logged its requests",
                LIMIT,
                () -> mirror.onlineLines(mark).stream()
                                .filter(line -> line.uri().contains("/" + run + "/"))
                                .count()
                        >= answered);
        // The median, and generously: on two cores shared with the load and seven other hosts the rest is the
        // scheduler's.
        System.out.printf(
                "production's latency with fault %s: p50 %d us, p99 %d us; in calm %d and %d us%n",
                run, result.p50Us(), result.p99Us(), calm.p50Us(), calm.p99Us());
        assertThat(result.p50Us())
                .as("production's p50, in calm %d us", calm.p50Us())
                .isLessThan(Math.max(50_000, 5 * calm.p50Us()));
        mirrorsAgain(mark, healed + returnSeconds);
        System.out.printf(
                "last request online that was not mirrored with fault %s: %.3f s after its end%n",
                run, lastMissed(mark, healed));
        assertThat(mirror.copier().peakKib() / 1024).as("MiB").isLessThanOrEqualTo(MEMORY_MIB);
        assertThat(mirror.leaks()).isZero();
        Expect.balancedBooks(mirror);
    }

    private static void mirrorsAgain(Mirror.Mark mark, double from) {
        Await.happens(LIMIT, () -> compare(mark, from).missing().isEmpty());
        Comparison comparison = compare(mark, from);
        System.out.println("delivered after the target's return: " + comparison.percent() + " %");
        assertThat(comparison.missing()).as("%s", Expect.state(mirror)).isEmpty();
    }

    /** Seconds. */
    private static double lastMissed(Mirror.Mark mark, double healed) {
        Set<String> mirrored = mirror.lab().realServers().stream()
                .flatMap(host -> mirror.serverLines(mark, host).stream())
                .map(AccessLog.Line::uri)
                .collect(Collectors.toSet());
        return since(mark, healed).stream()
                .filter(line -> !mirrored.contains(line.uri()))
                .mapToDouble(line -> line.seconds() - healed)
                .max()
                .orElse(0);
    }

    private static List<AccessLog.Line> since(Mirror.Mark mark, double from) {
        return mirror.onlineLines(mark).stream()
                .filter(line -> line.seconds() > from)
                .toList();
    }

    private static Comparison compare(Mirror.Mark mark, double from) {
        Map<String, List<AccessLog.Line>> servers = mirror.lab().realServers().stream()
                .collect(Collectors.toMap(host -> host, host -> mirror.serverLines(mark, host)));
        return Comparison.of(since(mark, from), servers);
    }

    private static void everywhere(String... command) {
        mirror.lab().realServers().forEach(host -> mirror.lab().run(host, command));
    }

    private static void rule(String verdict) {
        everywhere("nft", "add table inet fault");
        everywhere("nft", "add chain inet fault in { type filter hook input priority 0; }");
        everywhere("nft", "add rule inet fault in tcp dport 80 ip daddr " + Lab.VIP + " " + verdict);
    }

    private static void noRule() {
        everywhere("nft", "delete table inet fault");
    }

    @Test
    void blackHole() {
        survives("hole", () -> rule("drop"), 800, TargetFaultsTest::noRule);
    }

    @Test
    void blackHoleThatFillsTheMemory() {
        double before = refusedForMemory();
        survives(
                "full",
                () -> {
                    rule("drop");
                    mirror.load(LIMIT, "--run", "up", "--connections", "8", "--sizes", "1000000", "--count", "150");
                },
                100,
                TargetFaultsTest::noRule,
                RETURN_WITH_FULL_MEMORY_SECONDS);
        assertThat(refusedForMemory()).as("refused for want of memory").isGreaterThan(before);
    }

    /** Segments. */
    private static double refusedForMemory() {
        return mirror.copier()
                .metrics()
                .getOrDefault("drcopy_copier_dropped_segments_total{reason=\"memory_limit\"}", 0.0);
    }

    @Test
    void refusal() {
        survives(
                "refuse",
                () -> mirror.lab().realServers().forEach(host -> mirror.server(host)
                        .close()),
                800,
                () -> mirror.lab().realServers().forEach(host -> mirror.server(host)
                        .start()));
    }

    @Test
    void resets() {
        survives("reset", () -> rule("reject with tcp reset"), 800, TargetFaultsTest::noRule);
    }

    @Test
    void stoppedForTenSeconds() {
        survives(
                "stop",
                () -> mirror.lab().realServers().forEach(host -> mirror.server(host)
                        .pause()),
                2000,
                () -> mirror.lab().realServers().forEach(host -> mirror.server(host)
                        .resume()));
    }
}
