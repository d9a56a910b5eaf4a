// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static drcopy.lab.PoolMirror.LIMIT;

import drcopy.lab.load.LoadResult;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What takes longer than {@link PoolShortTrial} may: every interceptor killed in turn, ZooKeeper away for a minute. */
@Tag("lab")
class PoolTrial {
    private static final int REQUESTS_PER_SECOND = 150;
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
            pool.coordinator().signal("STOP");
            for (int second = 0; second < 60; second++) {
                pool.awaitRequests(mirror.mark(), REQUESTS_PER_SECOND);
            }
            pool.coordinator().signal("CONT");
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
}
