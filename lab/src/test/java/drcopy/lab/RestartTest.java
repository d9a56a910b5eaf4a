// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Interceptors come and go under 30 keep-alive connections in mid-use; nobody touches the copier. */
@Tag("lab")
class RestartTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.LVS);
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    private static void deliversAllWhileKilling(String run, List<String> victims) {
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", run, "--rate", "300", "--connections", "30", "--seconds", "100")) {
            for (String victim : victims) {
                awaitRequests(mark, 300);
                mirror.interceptor(victim).kill();
                awaitRequests(mirror.mark(), 300);
                mirror.interceptor(victim).start();
                mirror.interceptor(victim).awaitReady();
                awaitRequests(mirror.mark(), 100);
            }
            awaitRequests(mirror.mark(), 500);
            load.finish();
            LoadResult result = load.await(LIMIT);
            Expect.shared(Expect.whole(mirror, mark, result, LIMIT));
        }
        Expect.balancedBooks(mirror);
    }

    private static void awaitRequests(Mirror.Mark mark, int count) {
        Await.until(
                count + " more requests online",
                LIMIT,
                () -> mirror.onlineLines(mark).size() >= count);
    }

    @Test
    void deliversAllThroughOneInterceptorsRestart() {
        deliversAllWhileKilling("one", List.of("rs2"));
    }

    @Test
    void deliversAllThroughEveryInterceptorsRestart() {
        deliversAllWhileKilling("all", List.of("rs1", "rs2", "rs3"));
    }
}
