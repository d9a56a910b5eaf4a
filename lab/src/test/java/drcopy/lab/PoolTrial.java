// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static drcopy.lab.PoolMirror.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What takes longer than {@link PoolShortTrial} may: every interceptor killed in turn, ZooKeeper away for a minute. */
@Tag("lab")
class PoolTrial {
    private static final int REQUESTS_PER_SECOND = 150;
    private static final long MINUTE_NS = TimeUnit.SECONDS.toNanos(60);
    private static PoolMirror pool;
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        pool = PoolMirror.up("trial");
        mirror = pool.mirror();
    }

    @AfterAll
    static void down() {
        pool.close();
    }

    @Test
    void deliversAllWhileEveryInterceptorIsKilledInTurn() {
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "kill", "--rate", "200", "--connections", "30", "--seconds", "150")) {
            for (String victim : List.of("rs1", "rs2", "rs3")) {
                pool.awaitRequests(mirror.mark(), 100);
                mirror.interceptor(victim).kill();
                pool.awaitRequests(mirror.mark(), 100);
                mirror.interceptor(victim).start();
                mirror.interceptor(victim).awaitReady();
                pool.awaitRequests(mirror.mark(), 100);
            }
            load.finish();
            LoadResult result = load.await(LIMIT);
            Expect.whole(mirror, mark, result, LIMIT);
        }
        Expect.balancedBooks(mirror);
    }

    @Test
    void deliversAllWhileZooKeeperIsStoppedForAMinuteKilledAndWiped() {
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "wipe", "--style", "SHORT", "--rate", "150", "--seconds", "300")) {
            pool.awaitRequests(mark, REQUESTS_PER_SECOND);
            stopForAMinute();
            pool.awaitRequests(mirror.mark(), REQUESTS_PER_SECOND);
            pool.killAndWipe();
            pool.awaitRequests(mirror.mark(), REQUESTS_PER_SECOND);
            pool.restoreCoordinator();
            load.finish();
            LoadResult result = load.await(LIMIT);
            Expect.whole(mirror, mark, result, LIMIT);
        }
        Expect.balancedBooks(mirror);
    }

    private static void stopForAMinute() {
        Mirror.Mark stopped = mirror.mark();
        pool.coordinator().signal("STOP");
        long from = System.nanoTime();
        long longestNs = 0;
        while (System.nanoTime() - from < MINUTE_NS) {
            long before = System.nanoTime();
            Mirror.Mark mark = mirror.mark();
            Await.until("it mirrors on", LIMIT, () -> mirror.compare(mark).delivered() >= REQUESTS_PER_SECOND);
            longestNs = Math.max(longestNs, System.nanoTime() - before);
        }
        System.out.printf(
                Locale.ROOT,
                "stopped for %d ms: %s; %d more delivered within %d ms each time%n",
                (System.nanoTime() - from) / 1_000_000,
                mirror.compare(stopped),
                REQUESTS_PER_SECOND,
                longestNs / 1_000_000);
        assertThat(mirror.copier().metric("zookeeper_connected")).isZero();
        pool.coordinator().signal("CONT");
    }
}
