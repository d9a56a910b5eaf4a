// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A copier with a budget, and a load that grows beyond it. */
@Tag("lab")
class GovernorTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String SECONDS = System.getProperty("governor.seconds", "3");
    private static final int RUN = 0;
    private static final int SHED = 1;
    private static final int PAUSED = 2;
    private static final String[] CROWD = {"--style", "SHORT", "--rate", "600", "--connections", "200"};
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.HMARK);
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    private static String[] crowd(String run, String seconds) {
        return Stream.concat(Stream.of(CROWD), Stream.of("--run", run, "--seconds", seconds))
                .toArray(String[]::new);
    }

    private static void awaitState(int state) {
        Await.until("governor's state " + state, LIMIT, () -> mirror.copier().metric("governor_state") == state);
    }

    @Test
    void shedsWholeSessionsBeyondItsBudgetAndTakesAllAgainBelowIt() {
        LoadResult copied = mirror.load(LIMIT, crowd("copied", SECONDS));
        mirror.copier().kill();
        LoadResult alone = mirror.load(LIMIT, crowd("alone", SECONDS));
        mirror.copyWith("--max-packets", "1500");
        Mirror.Mark calm = mirror.mark();
        Expect.whole(mirror, calm, mirror.load(LIMIT, "--run", "calm", "--rate", "100", "--count", "100"), LIMIT);
        assertThat(mirror.copier().metric("governor_state")).isEqualTo(RUN);

        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(mirror.lab(), crowd("crowd", "60"))) {
            awaitState(SHED);
            LoadResult result =
                    mirror.load(LIMIT, "--run", "session", "--rate", "100", "--connections", "50", "--count", "300");
            assertThat(result.answered()).isEqualTo(300);
            load.finish();
            LoadResult crowd = load.await(LIMIT);
            assertThat(crowd.answered()).isEqualTo(crowd.issued());
            tell("without a copier", alone);
            tell("with a copier", copied);
            tell("while it sheds", crowd);
        }
        long endedNs = System.nanoTime();
        awaitState(RUN);
        System.out.printf("governor: all sessions again after %d ms%n", (System.nanoTime() - endedNs) / 1_000_000);
        assertNoneIsCut(mark);

        assertThat(mirror.copier().metric("sessions_shed_total")).isPositive();
        assertThat(mirror.copier().metrics().get("drcopy_copier_dropped_segments_total{reason=\"shed\"}"))
                .isPositive();
        assertThat(mirror.copier().log()).contains("governor: packet rate at");
        Mirror.Mark after = mirror.mark();
        Expect.whole(mirror, after, mirror.load(LIMIT, "--run", "after", "--rate", "100", "--count", "100"), LIMIT);
        Expect.balancedBooks(mirror);
    }

    private static void tell(String when, LoadResult production) {
        System.out.printf(
                "governor: production %s: %d requests, p50 %d us, p99 %d us%n",
                when, production.answered(), production.p50Us(), production.p99Us());
    }

    /** What arrived of a session is all of it, or its end when it was joined late; never its beginning alone. */
    private static void assertNoneIsCut(Mirror.Mark mark) {
        Map<String, List<String>> online = sessions(mirror.onlineLines(mark));
        Map<String, List<String>> arrived = sessions(mirror.lab().realServers().stream()
                .flatMap(host -> mirror.serverLines(mark, host).stream())
                .toList());
        long whole = arrived.entrySet().stream()
                .filter(session -> session.getValue().equals(online.get(session.getKey())))
                .count();
        System.out.printf(
                "governor: %d sessions of 6 requests, %d arrived whole, %d joined later, %d shed%n",
                online.size(), whole, arrived.size() - whole, online.size() - arrived.size());
        assertThat(arrived).isNotEmpty().hasSizeLessThan(online.size());
        arrived.forEach((client, requests) -> assertThat(online.get(client)).endsWith(requests.toArray(String[]::new)));
    }

    /** The requests of each keep-alive session, in order. */
    private static Map<String, List<String>> sessions(List<AccessLog.Line> lines) {
        return lines.stream()
                .filter(line -> line.uri().contains("/session/"))
                .collect(Collectors.groupingBy(
                        AccessLog.Line::client,
                        LinkedHashMap::new,
                        Collectors.mapping(AccessLog.Line::uri, Collectors.toList())));
    }

    @Test
    void pausesFarBeyondItsBudgetAndProductionNoticesNothing() {
        mirror.copyWith("--max-packets", "20");
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "far", "--rate", "300", "--connections", "10", "--seconds", "60")) {
            awaitState(PAUSED);
            load.finish();
            LoadResult result = load.await(LIMIT);
            assertThat(result.answered()).isEqualTo(result.issued());
        }
        assertThat(mirror.copier().log()).contains("of its budget: mirroring is paused");
        Expect.balancedBooks(mirror);
    }
}
