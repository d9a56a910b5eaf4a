// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.load.LoadResult;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * The whole system on one machine, for a person to watch: a load, live figures, an interceptor killed and restarted in the
 * middle, a closing table. Exit 0 when everything was delivered and nothing leaked.
 */
public final class Demo {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int LOAD_SECONDS = 20;
    private static final String VICTIM = "rs2";
    /** Seconds of load after which the interceptor is killed, and started again. */
    private static final int KILL_SECOND = 7;

    private static final int START_SECOND = 11;

    private final PrintStream out = System.out;
    private final long startNs = System.nanoTime();
    private boolean isKilled;
    private boolean isRestarted;

    private Demo() {}

    public static void main(String[] args) {
        String name = args.length == 1 ? args[0] : "drdemo";
        AtomicBoolean isEnding = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> isEnding.set(true), "ending"));
        boolean isWhole = false;
        try {
            isWhole = new Demo().run(name);
        } catch (RuntimeException e) {
            if (!isEnding.get()) {
                System.err.println("demo: " + e.getMessage());
            }
        }
        System.exit(isWhole ? 0 : 1);
    }

    private boolean run(String name) {
        Lab lab = Lab.up(Lab.Director.LVS, name, 3);
        say("hosts: 200 client addresses, online, an LVS director (IPVS, round robin), real servers rs1 rs2 rs3");
        String addresses = lab.realServers().stream().map(Lab::address).collect(Collectors.joining(","));
        List<String> copying = List.of("-x", "80-" + Lab.VIP + ":80", "-s", addresses);
        List<String> diverting = List.of("--divert", Lab.VIP + ":80");
        try (Mirror mirror = Mirror.up(lab, copying, diverting)) {
            say("nginx answers on online and on every real server");
            say("interceptors run on rs1 rs2 rs3:  bin/interceptor " + String.join(" ", diverting));
            say("the copier runs on online:        bin/copier " + String.join(" ", copying));
            Mirror.Mark mark = mirror.mark();
            long answered = load(mirror, mark);
            mirror.interceptor(VICTIM).awaitReady();
            Await.until(
                    "online logged its requests",
                    LIMIT,
                    () -> mirror.onlineLines(mark).size() >= answered);
            Comparison comparison = mirror.settle(mark, LIMIT);
            long leaks = mirror.leaks();
            say("the load has ended and the mirror has caught up\n");
            out.print(new DemoReport(mirror, comparison, leaks).text());
            return comparison.isWhole() && leaks == 0;
        }
    }

    /** Runs both loads, with a line a second; how many requests were answered. */
    private long load(Mirror mirror, Mirror.Mark mark) {
        say("load for " + LOAD_SECONDS + " s: 500 requests/s on 40 keep-alive connections and 250 new connections/s\n");
        String seconds = Integer.toString(LOAD_SECONDS);
        Lab lab = mirror.lab();
        try (LoadProcess keepAlive = LoadProcess.start(
                        lab, "--run", "keep", "--rate", "500", "--connections", "40", "--seconds", seconds);
                LoadProcess shorts = LoadProcess.start(
                        lab, "--run", "short", "--style", "SHORT", "--rate", "250", "--seconds", seconds)) {
            out.println("  second   online      rs1      rs2      rs3   at clients");
            long beginNs = System.nanoTime();
            int second = 0;
            while (keepAlive.isAlive() || shorts.isAlive()) {
                int next = second + 1;
                Await.until("a second", LIMIT, () -> seconds(beginNs) >= next);
                second = seconds(beginNs);
                progress(mirror, mark, second);
            }
            restart(mirror, Integer.MAX_VALUE);
            LoadResult first = keepAlive.await(LIMIT);
            LoadResult other = shorts.await(LIMIT);
            out.printf(
                    Locale.ROOT,
                    "%n  clients: %,d requests, %,d answered, p50 %d us, p99 %d us%n%n",
                    first.issued() + other.issued(),
                    first.answered() + other.answered(),
                    first.p50Us(),
                    first.p99Us());
            return first.answered() + other.answered();
        }
    }

    private static int seconds(long sinceNs) {
        return (int) ((System.nanoTime() - sinceNs) / 1_000_000_000);
    }

    private void progress(Mirror mirror, Mirror.Mark mark, int second) {
        Comparison now = mirror.compare(mark);
        List<Object> figures = new ArrayList<>(List.of(second, now.online()));
        figures.addAll(now.share().values());
        figures.add(mirror.leaks());
        figures.add(kill(mirror, second) + restart(mirror, second));
        out.printf(Locale.ROOT, "  %6d %,8d %,8d %,8d %,8d %,12d%s%n", figures.toArray());
    }

    private String kill(Mirror mirror, int second) {
        if (second < KILL_SECOND || isKilled) {
            return "";
        }
        isKilled = true;
        mirror.interceptor(VICTIM).kill();
        return "   <- kill -9 of the interceptor on " + VICTIM;
    }

    private String restart(Mirror mirror, int second) {
        if (second < START_SECOND || isRestarted) {
            return "";
        }
        isRestarted = true;
        mirror.interceptor(VICTIM).start();
        return "   <- started again; nobody told the copier";
    }

    private void say(String text) {
        out.printf(Locale.ROOT, "[%5.1f s] %s%n", (System.nanoTime() - startNs) / 1e9, text);
    }
}
