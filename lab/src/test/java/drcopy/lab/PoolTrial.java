// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static drcopy.lab.PoolMirror.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What takes longer than {@link PoolTest} may: every interceptor killed in turn, ZooKeeper away for a minute, a browser. */
@Tag("lab")
class PoolTrial {
    private static final int REQUESTS_PER_SECOND = 150;
    private static final long MINUTE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final String PAGE = "http://127.0.0.1:8088/";
    private static final String TEXT = "document.body.innerText";
    private static final int WIDE = 1280;
    private static final int PHONE = 390;
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
}
