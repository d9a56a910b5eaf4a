// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How late the target takes what online took. The bounds leave a busy machine room, and not a single per cent of requests that wait for a
 * retransmission timer.
 */
@Tag("lab")
class LagTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final double MOST_P50_MS = 25;
    private static final double MOST_P99_MS = 200;
    private static final int LONG_IDLE_SECONDS = 60;
    private static final int MANY = 1_000_000;
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.LVS);
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    private static void isInTime(String run, String... options) {
        Mirror.Mark mark = mirror.mark();
        List<String> all = new ArrayList<>(List.of("--run", run));
        Collections.addAll(all, options);
        LoadResult load = mirror.load(LIMIT, all.toArray(new String[0]));
        Expect.whole(mirror, mark, load, LIMIT);
        Lag lag = mirror.lag(mark);
        System.out.println(run + ": " + lag);
        assertThat(lag.isWhole()).as("all requests have a time at the target").isTrue();
        assertThat(lag.p50Ms()).as("median of %s", lag).isLessThan(MOST_P50_MS);
        assertThat(lag.p99Ms()).as("99th percentile of %s", lag).isLessThan(MOST_P99_MS);
    }

    @Test
    void keptConnections() {
        isInTime("kept", "--rate", "500", "--connections", "20", "--count", Expect.count(2000));
    }

    @Test
    void shortConnections() {
        isInTime("short", "--style", "SHORT", "--rate", "500", "--connections", "200", "--count", Expect.count(2000));
    }

    @Test
    void connectionsThatTheTargetClosesAfterEachAnswer() {
        reopened("each", 1, LONG_IDLE_SECONDS, "--rate", "200", "--connections", "20", "--count", Expect.count(800));
    }

    @Test
    void connectionsThatTheTargetClosesAfterTenAnswers() {
        reopened("tenth", 10, LONG_IDLE_SECONDS, "--rate", "500", "--connections", "20", "--count", Expect.count(2000));
    }

    @Test
    void connectionsThatTheTargetClosesWhenIdle() {
        reopened("idle", MANY, 1, "--rate", "15", "--connections", "30", "--count", Expect.count(90));
    }

    /** Online keeps its connections; the target does not. */
    private static void reopened(String run, int requests, int idleSeconds, String... options) {
        long before = mirror.copier().metric("replicas_reopened_total");
        servers().forEach(web -> web.keep(requests, idleSeconds));
        try {
            isInTime(run, options);
        } finally {
            servers().forEach(Web::keepLong);
        }
        assertThat(mirror.copier().metric("replicas_reopened_total"))
                .as("connections that were opened anew")
                .isGreaterThan(before + 30);
    }

    private static List<Web> servers() {
        return mirror.lab().realServers().stream().map(mirror::server).toList();
    }

    @Test
    void portsUsedAgainFiftyMillisecondsAfterClose() {
        reused("closed", "SHORT", "22000");
    }

    @Test
    void portsUsedAgainFiftyMillisecondsAfterReset() {
        reused("reset", "RESET", "23000");
    }

    private static void reused(String run, String style, String port) {
        isInTime(
                run,
                "--style",
                style,
                "--port",
                port,
                "--pause",
                "0.05",
                "--clients",
                "20",
                "--connections",
                "20",
                "--count",
                Expect.count(1200));
    }
}
