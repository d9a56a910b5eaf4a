// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A pool kept by a coordinator: no copier is told of an interceptor, and none is restarted. The director begins with three of four. */
@Tag("lab")
@TestMethodOrder(MethodName.class)
class PoolTrial {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String ZOOKEEPER = "198.18.1.10:2181";
    private static final String SERVICE = Lab.VIP + ":80";
    private static final String FOURTH = Lab.address("rs4") + ":80";

    private static Agent coordinator;
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        Lab lab = Lab.up(Lab.Director.LVS, "pool" + ProcessHandle.current().pid(), 4);
        coordinator =
                Agent.coordinator(lab, "online", List.of("--data", data(lab).toString(), "--http", "127.0.0.1:8088"));
        coordinator.start();
        coordinator.awaitReady();
        lab.director("ipvsadm", "-d", "-t", SERVICE, "-r", FOURTH);
        mirror = Mirror.up(
                lab,
                List.of("-x", Mirror.transfers(), "-z", ZOOKEEPER),
                List.of("--divert", Mirror.diverted(), "-z", ZOOKEEPER),
                List.of("rs1", "rs2", "rs3"));
        awaitInterceptors(3);
    }

    private static Path data(Lab lab) {
        return lab.folder().resolve("zookeeper");
    }

    @AfterAll
    static void down() {
        coordinator.close();
        mirror.close();
    }

    private static void awaitInterceptors(int count) {
        Await.until(count + " interceptors are up", LIMIT, () -> mirror.copier().metric("interceptors_up") == count);
    }

    private static void awaitRequests(Mirror.Mark mark, int count) {
        Await.until(
                count + " more requests online",
                LIMIT,
                () -> mirror.onlineLines(mark).size() >= count);
    }

    private static String command(String... words) {
        String[] all = new String[words.length + 3];
        all[0] = Lab.home().resolve("bin/coordinator").toString();
        System.arraycopy(words, 0, all, 1, words.length);
        all[words.length + 1] = "-z";
        all[words.length + 2] = ZOOKEEPER;
        return mirror.lab().run("online", all);
    }

    @Test
    void aRealServerJoinsUnderLoadAndLeavesAgain() {
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "join", "--style", "SHORT", "--rate", "150", "--seconds", "150")) {
            awaitRequests(mark, 150);
            mirror.interceptor("rs4").start();
            mirror.interceptor("rs4").awaitReady();
            awaitInterceptors(4);
            mirror.lab().director("ipvsadm", "-a", "-t", SERVICE, "-r", FOURTH, "-g");
            Await.until(
                    "the fourth has its share",
                    LIMIT,
                    () -> mirror.serverLines(mark, "rs4").size() > 50);
            retireFourth();
            awaitRequests(mirror.mark(), 150);
            mirror.interceptor("rs4").close();
            load.finish();
            LoadResult result = load.await(LIMIT);
            Expect.shared(Expect.whole(mirror, mark, result, LIMIT));
        }
        Expect.balancedBooks(mirror);
    }

    /**
     * As operators of LVS do it: no new connections first. IPVS drops without a word what belongs to a connection whose server was
     * taken out of its table, whoever sent it.
     */
    private static void retireFourth() {
        mirror.lab().director("ipvsadm", "-e", "-t", SERVICE, "-r", FOURTH, "-g", "-w", "0");
        Await.until("the fourth has no connections", LIMIT, () -> activeOfFourth() == 0);
        mirror.lab().director("ipvsadm", "-d", "-t", SERVICE, "-r", FOURTH);
    }

    /** Active connections of the fourth as the director counts them: the last column but one. */
    private static int activeOfFourth() {
        String table = mirror.lab().director("ipvsadm", "-L", "-n", "-t", SERVICE);
        String line = table.lines()
                .filter(each -> each.contains(FOURTH))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + FOURTH + " in\n" + table));
        String[] columns = line.strip().split("\\s+", -1);
        return Integer.parseInt(columns[columns.length - 2]);
    }

    @Test
    void everyInterceptorIsKilledInTurnUnderLoad() {
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "kill", "--rate", "200", "--connections", "30", "--seconds", "150")) {
            for (String victim : List.of("rs1", "rs2", "rs3")) {
                awaitRequests(mirror.mark(), 100);
                mirror.interceptor(victim).kill();
                awaitRequests(mirror.mark(), 100);
                mirror.interceptor(victim).start();
                mirror.interceptor(victim).awaitReady();
                awaitRequests(mirror.mark(), 100);
            }
            load.finish();
            LoadResult result = load.await(LIMIT);
            Expect.whole(mirror, mark, result, LIMIT);
        }
        Expect.balancedBooks(mirror);
    }

    @Test
    void mirroringGoesOnWhileZooKeeperIsStoppedKilledAndWiped() {
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "wipe", "--style", "SHORT", "--rate", "150", "--seconds", "150")) {
            awaitRequests(mark, 150);
            coordinator.signal("STOP");
            // Longer than a session: what was announced is over when ZooKeeper wakes up.
            awaitRequests(mirror.mark(), 1_700);
            coordinator.signal("CONT");
            coordinator.kill();
            mirror.lab().run("online", "rm", "-r", data(mirror.lab()).toString());
            awaitRequests(mirror.mark(), 150);
            coordinator.start();
            coordinator.awaitReady();
            load.finish();
            LoadResult result = load.await(LIMIT);
            Expect.whole(mirror, mark, result, LIMIT);
        }
        Await.until("all are announced again", LIMIT, () -> {
            String status = command("status", "--json");
            return status.contains(Lab.address("rs1") + ":36524")
                    && status.contains(Lab.address("rs3") + ":36524")
                    && status.contains("\"instance_ids\":[0]");
        });
        Expect.balancedBooks(mirror);
    }

    /** From just before an order until the copier's own figures say that it obeys, in ns; what curl takes is in it. */
    private static long obeyedWithin(int paused, Runnable order) {
        long from = System.nanoTime();
        order.run();
        Await.until("paused " + paused, LIMIT, () -> mirror.copier().metric("paused") == paused);
        return System.nanoTime() - from;
    }

    /** Presses a button of the page. */
    private static void page(String action) {
        mirror.lab()
                .run(
                        "online",
                        "curl",
                        "-s",
                        "-f",
                        "-H",
                        "HX-Request: true",
                        "-d",
                        "pool=default&action=" + action,
                        "http://127.0.0.1:8088/control");
    }

    @Test
    void pauseReachesTheCopierAndHoldsUntilResumed() {
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(), "--run", "pause", "--style", "SHORT", "--rate", "100", "--seconds", "150")) {
            awaitRequests(mirror.mark(), 50);
            long pageNs = obeyedWithin(1, () -> page("pause"));
            long commandNs = obeyedWithin(0, () -> command("resume"));
            long againNs = obeyedWithin(1, () -> command("pause", "--reason", "a test"));
            System.out.printf(
                    Locale.ROOT,
                    "obeyed by the copier: %d ms after the page was asked; %d and %d ms after bin/coordinator was started%n",
                    pageNs / 1_000_000,
                    commandNs / 1_000_000,
                    againNs / 1_000_000);
            Await.until("nothing is kept", LIMIT, () -> mirror.copier().metric("routes_live") == 0);
            Mirror.Mark quiet = mirror.mark();
            double cpu = mirror.copier().cpuSeconds();
            awaitRequests(quiet, 300);
            System.out.printf(
                    Locale.ROOT,
                    "CPU while paused, 3 s: %.2f s%n",
                    mirror.copier().cpuSeconds() - cpu);
            assertThat(mirror.compare(quiet).delivered()).isZero();
            command("resume");
            Mirror.Mark resumed = mirror.mark();
            Await.until("it mirrors again", LIMIT, () -> mirror.compare(resumed).delivered() > 20);
            load.finish();
            load.await(LIMIT);
        }
        Expect.balancedBooks(mirror);
    }
}
