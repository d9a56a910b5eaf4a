// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static drcopy.lab.PoolMirror.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pool kept by a coordinator: no copier is told of an interceptor, and none is restarted. */
@Tag("lab")
class PoolShortTrial {
    private static final String PAGE = "http://127.0.0.1:8088/";
    private static final String TEXT = "document.body.innerText";
    private static final int WIDE = 1280;
    private static final int PHONE = 390;
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
            long commandNs = obeyedWithin(0, () -> pool.command("resume"));
            long againNs = obeyedWithin(1, () -> pool.command("pause", "--reason", "a test"));
            System.out.printf(
                    Locale.ROOT,
                    "obeyed: %d ms after the page was asked; %d and %d ms after bin/coordinator was started%n",
                    pageNs / 1_000_000,
                    commandNs / 1_000_000,
                    againNs / 1_000_000);
            Await.until("nothing is kept", LIMIT, () -> mirror.copier().metric("routes_live") == 0);
            Mirror.Mark quiet = mirror.mark();
            double cpu = mirror.copier().cpuSeconds();
            pool.awaitRequests(quiet, 300);
            System.out.printf(
                    Locale.ROOT,
                    "CPU while paused, 3 s: %.2f s%n",
                    mirror.copier().cpuSeconds() - cpu);
            assertThat(mirror.compare(quiet).delivered()).isZero();
            pool.page("resume");
            Mirror.Mark resumed = mirror.mark();
            Await.until("it mirrors again", LIMIT, () -> mirror.compare(resumed).delivered() > 20);
            load.finish();
            load.await(LIMIT);
        }
        Expect.balancedBooks(mirror);
    }

    /** Members, leases and rates, and a pause that has to be confirmed; wide and narrow, light and dark. */
    @Test
    void thePageShowsThePoolAndPausesItWhenConfirmed() {
        try (LoadProcess load = LoadProcess.start(
                        mirror.lab(), "--run", "page", "--style", "SHORT", "--rate", "60", "--seconds", "150");
                Browser browser = Browser.start(mirror.lab(), "online")) {
            browser.scheme("light");
            browser.show(PAGE, WIDE);
            Await.until("rates are shown", LIMIT, () -> browser.value(TEXT).matches("(?s).*\\b[1-9][0-9,]*/s.*"));
            String text = browser.value(TEXT);
            assertThat(text).contains("Pool default", "running", "Copiers (1)", "Interceptors (3)", "Instance IDs (1)");
            assertThat(text).contains(Lab.address("rs1") + ":36524", Lab.address("rs3") + ":36524", Lab.VIP + ":80");
            Set<String> backgrounds = new HashSet<>();
            for (int width : List.of(WIDE, PHONE)) {
                for (String scheme : List.of("light", "dark")) {
                    look(browser, width, scheme);
                    backgrounds.add(browser.value("getComputedStyle(document.documentElement).backgroundColor"));
                }
            }
            assertThat(backgrounds).as("backgrounds, light and dark").hasSize(2);
            press(browser, false);
            assertThat(mirror.copier().metric("paused")).isZero();
            press(browser, true);
            Await.until("paused", LIMIT, () -> mirror.copier().metric("paused") == 1);
            Await.until("shown as paused", LIMIT, () -> browser.value(TEXT).contains("paused, "));
            browser.picture(mirror.lab().folder().resolve("page-paused.png"));
            press(browser, true);
            Await.until("resumed", LIMIT, () -> mirror.copier().metric("paused") == 0);
            assertThat(browser.questions()).hasSize(3).allMatch(question -> question.contains("pool default?"));
            load.finish();
            load.await(LIMIT);
        }
    }

    private static void look(Browser browser, int width, String scheme) {
        browser.scheme(scheme);
        browser.show(PAGE, width);
        Await.until("the pool is shown", LIMIT, () -> browser.value(TEXT).contains("Instance IDs (1)"));
        browser.picture(mirror.lab().folder().resolve("page-" + width + "-" + scheme + ".png"));
        assertThat(Integer.parseInt(browser.value("document.documentElement.scrollWidth")))
                .as("width of the page")
                .isLessThanOrEqualTo(width);
    }

    /** Presses the pool's button; the page asks before it does anything. */
    private static void press(Browser browser, boolean isConfirmed) {
        int asked = browser.questions().size();
        browser.confirm(isConfirmed);
        browser.value("document.querySelector('.pool-head button').click()");
        Await.until("it asks", LIMIT, () -> {
            browser.value("0");
            return browser.questions().size() == asked + 1;
        });
    }

    /** From just before an order until the copier's own figures say that it obeys, in ns; what curl takes is in it. */
    private static long obeyedWithin(int paused, Runnable order) {
        long from = System.nanoTime();
        order.run();
        Await.until("paused " + paused, LIMIT, () -> mirror.copier().metric("paused") == paused);
        return System.nanoTime() - from;
    }

    @Test
    void aCopierThatFindsNoFreeIdSaysSoAndEndsWithTwo() {
        try (Agent most = member(1, "1023");
                Agent last = member(2, "1");
                Agent refused = member(3, "1")) {
            most.start();
            Await.until("1,023 IDs are taken", LIMIT, () -> most.log().contains("instance ID 1022 is leased"));
            last.start();
            Await.until("the last ID is taken", LIMIT, () -> last.log().contains("instance ID 1023 is leased"));
            refused.start();

            assertThat(refused.await(LIMIT)).isEqualTo(2);
            assertThat(refused.log())
                    .contains("copier: --replicas 1: must find as many free instance IDs in pool full,"
                            + " and of its 1024 only 0 are free")
                    .doesNotContain("Exception");
        }
        assertThat(pool.command("status", "--json")).contains("\"pool\":\"default\"", "\"instance_ids\":[0]");
    }

    @Test
    void thePreflightLooksAtThePool() {
        String copier = Lab.home().resolve("bin/copier").toString();
        Shell.Outcome good =
                mirror.lab().attempt("online", copier, "-x", Mirror.transfers(), "-z", PoolMirror.ZOOKEEPER, "--check");
        System.out.println(good.output());
        assertThat(good.status()).as("%s", good.output()).isZero();
        assertThat(good.output()).contains("ZooKeeper", "interceptor " + Lab.address("rs1") + ":36524");
        Shell.Outcome held = mirror.lab()
                .attempt("online", copier, "-x", Mirror.transfers(), "-z", PoolMirror.ZOOKEEPER, "-f", "0", "--check");
        assertThat(held.status()).as("%s", held.output()).isEqualTo(1);
        Shell.Outcome away =
                mirror.lab().attempt("online", copier, "-x", Mirror.transfers(), "-z", "198.18.1.10:2999", "--check");
        assertThat(away.status()).as("%s", away.output()).isEqualTo(1);
        assertThat(mirror.copier().metric("interceptors_up")).isEqualTo(3);
    }

    /** A copier of another pool, of a port where nobody calls. */
    private static Agent member(int number, String replicas) {
        List<String> options = new ArrayList<>(List.of("-x", "198.18.0.10:9000-198.18.1.200:9000"));
        options.addAll(List.of("-z", PoolMirror.ZOOKEEPER, "--pool", "full", "-n", replicas));
        return Agent.copier(mirror.lab(), number, options);
    }
}
