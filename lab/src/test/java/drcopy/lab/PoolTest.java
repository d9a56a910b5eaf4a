// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static drcopy.lab.PoolMirror.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pool kept by a coordinator: no copier is told of an interceptor, and none is restarted. */
@Tag("lab")
class PoolTest {
    private static PoolMirror pool;
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        pool = PoolMirror.up("pool");
        mirror = pool.mirror();
    }

    @AfterAll
    static void down() {
        pool.close();
    }

    @Test
    void aRealServerJoinsUnderLoadAndLeavesAgain() {
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "join", "--style", "SHORT", "--rate", "150", "--seconds", "150")) {
            pool.awaitRequests(mark, 150);
            mirror.interceptor("rs4").start();
            mirror.interceptor("rs4").awaitReady();
            pool.awaitInterceptors(4);
            pool.enlistFourth();
            Await.until(
                    "the fourth has its share",
                    LIMIT,
                    () -> mirror.serverLines(mark, "rs4").size() > 50);
            pool.retireFourth();
            pool.awaitRequests(mirror.mark(), 150);
            mirror.interceptor("rs4").close();
            load.finish();
            LoadResult result = load.await(LIMIT);
            Expect.shared(Expect.whole(mirror, mark, result, LIMIT));
        }
        Expect.balancedBooks(mirror);
    }

    @Test
    void deliversAllWhileZooKeeperIsKilledAndWipedAndAnInterceptorKilled() {
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "wipe", "--rate", "150", "--connections", "30", "--seconds", "150")) {
            pool.awaitRequests(mark, 150);
            pool.killAndWipe();
            mirror.interceptor("rs2").kill();
            pool.awaitRequests(mirror.mark(), 150);
            mirror.interceptor("rs2").start();
            mirror.interceptor("rs2").awaitReady();
            pool.restoreCoordinator();
            load.finish();
            LoadResult result = load.await(LIMIT);
            Expect.whole(mirror, mark, result, LIMIT);
        }
        Expect.balancedBooks(mirror);
    }

    @Test
    void aPauseReachesTheCopierAndHoldsUntilResumed() {
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "pause", "--style", "SHORT", "--rate", "100", "--seconds", "150")) {
            pool.awaitRequests(mirror.mark(), 50);
            long pageNs = obeyedWithin(1, () -> pool.page("pause"));
            Await.until("nothing is kept", LIMIT, () -> mirror.copier().metric("routes_live") == 0);
            pool.awaitRequests(mirror.mark(), 50); // what was delivered before is logged by then
            Mirror.Mark quiet = mirror.mark();
            double cpu = mirror.copier().cpuSeconds();
            pool.awaitRequests(quiet, 200);
            cpu = mirror.copier().cpuSeconds() - cpu;
            assertThat(mirror.compare(quiet).delivered()).isZero();
            Mirror.Mark resumed = mirror.mark();
            long commandNs = obeyedWithin(0, () -> pool.command("resume", "--reason", "a test"));
            System.out.printf(
                    Locale.ROOT,
                    "obeyed: %d ms after the page was asked, %d ms after bin/coordinator was started; CPU while paused, 2 s: %.2f s%n",
                    pageNs / 1_000_000,
                    commandNs / 1_000_000,
                    cpu);
            Await.until("it mirrors again", LIMIT, () -> mirror.compare(resumed).delivered() > 20);
            load.finish();
            load.await(LIMIT);
        }
        Expect.balancedBooks(mirror);
    }

    /** From just before an order until the copier's own figures say that it obeys, in ns; what curl takes is in it. */
    private static long obeyedWithin(int paused, Runnable order) {
        long from = System.nanoTime();
        order.run();
        Await.until("paused " + paused, LIMIT, () -> mirror.copier().metric("paused") == paused);
        return System.nanoTime() - from;
    }

    @Test
    void aCopierThatFindsTooFewFreeIdsSaysSoAndEndsWithTwo() {
        try (Agent most = member(1, "1023");
                Agent refused = member(2, "2")) {
            most.start();
            Await.until("1,023 IDs are taken", LIMIT, () -> most.log().contains("instance ID 1022 is leased"));
            refused.start();

            assertThat(refused.await(LIMIT)).isEqualTo(2);
            assertThat(refused.log())
                    .contains("copier: --replicas 2: must find as many free instance IDs in pool full,"
                            + " and of its 1024 only 1 is free")
                    .doesNotContain("Exception");
        }
        assertThat(pool.command("status", "--json")).contains("\"pool\":\"default\"", "\"instance_ids\":[0]");
    }

    /** A copier of another pool, of a port where nobody calls. */
    private static Agent member(int number, String replicas) {
        List<String> options = new ArrayList<>(List.of("-x", "198.18.0.10:9000-198.18.1.200:9000"));
        options.addAll(List.of("-z", PoolMirror.ZOOKEEPER, "--pool", "full", "-n", replicas));
        return Agent.copier(mirror.lab(), number, options);
    }
}
