// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A copier of three shards: each has its part of the flows and streams of its own, and nothing is missing or there twice. */
@Tag("lab")
class ShardsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int SHARDS = 3;
    private static final int CONNECTIONS = 1;

    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.HMARK, "--shards", Integer.toString(SHARDS));
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    @Test
    void eachShardPlaysItsPartAndAllArriveOnceWhileAnInterceptorRestarts() {
        assertThat(mirror.copier().metric("interceptor_streams_up")).isEqualTo(3 * SHARDS * CONNECTIONS);

        Mirror.Mark mark = mirror.mark();
        LoadResult all = mirror.load(
                LIMIT, "--run", "parts", "--style", "SHORT", "--rate", "1000", "--count", Expect.count(6_000));
        Expect.shared(Expect.whole(mirror, mark, all, LIMIT));
        assertThat(workOfThreads("shard-"))
                .hasSize(SHARDS)
                .allSatisfy((name, ticks) -> assertThat(ticks).as(name).isPositive());

        Mirror.Mark restart = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "restart", "--rate", "300", "--connections", "30", "--seconds", "60")) {
            awaitRequests(restart, 300);
            mirror.interceptor("rs2").kill();
            awaitRequests(mirror.mark(), 300);
            mirror.interceptor("rs2").start();
            mirror.interceptor("rs2").awaitReady();
            awaitRequests(mirror.mark(), 300);
            load.finish();
            Expect.shared(Expect.whole(mirror, restart, load.await(LIMIT), LIMIT));
        }
        Expect.balancedBooks(mirror);
    }

    private static void awaitRequests(Mirror.Mark mark, int count) {
        Await.until(
                count + " more requests online",
                LIMIT,
                () -> mirror.onlineLines(mark).size() >= count);
    }

    /** CPU of the copier's threads whose name begins so, in ticks of the kernel, by name (proc(5)). */
    private static Map<String, Long> workOfThreads(String prefix) {
        Map<String, Long> work = new TreeMap<>();
        List<Long> pids = mirror.lab().pids("online", "CopierMain");
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pids.get(0) + "/task"))) {
            for (Path thread : threads.toList()) {
                String name = Files.readString(thread.resolve("comm")).strip();
                if (name.startsWith(prefix)) {
                    String[] fields = Files.readString(thread.resolve("stat"))
                            .replaceFirst("^.*\\) ", "")
                            .split(" ", -1);
                    work.put(name, Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return work;
    }
}
