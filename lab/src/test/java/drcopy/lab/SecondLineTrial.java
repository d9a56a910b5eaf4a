// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of faults of each kind on three real servers at once: interceptors that repair, that are dead, that are restarted all the time.
 * Prints for each kind the faults, the longest repair, the TCP segments that the real servers sent meanwhile, and the packets that reached clients.
 */
@Tag("lab")
class SecondLineTrial {
    private static final int FAULTS = Integer.getInteger("leak.faults", 300);
    /** Each waits for its repair, so they take longer. */
    private static final int REPAIRED = Integer.getInteger("leak.repaired", 300);

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final List<String> leaks = new ArrayList<>();

    @Test
    void nothingLeaks() {
        try (Mirror mirror = Mirror.up(Lab.Director.HMARK);
                LoadProcess keep = load(mirror, "keep", "--rate", "500", "--connections", "30");
                LoadProcess shorts = load(mirror, "short", "--style", "SHORT", "--rate", "250")) {
            Mirror.Mark begun = mirror.mark();
            Await.until(
                    "the mirror", LIMIT, () -> mirror.serverLines(begun, "rs1").size() > 100);
            int hosts = mirror.lab().realServers().size();
            int each = FAULTS / hosts;
            for (DiversionFault fault : DiversionFault.values()) {
                round(mirror, "repaired", fault, REPAIRED, (f, host) -> f.loop(REPAIRED / hosts));
            }
            mirror.lab().realServers().forEach(host -> DiversionFault.save(mirror.lab(), host));
            mirror.interceptors().forEach(Agent::kill);
            for (DiversionFault fault : DiversionFault.values()) {
                round(mirror, "dead", fault, FAULTS, (f, host) -> f.loopByHand(mirror.lab(), host, each));
            }
            mirror.interceptors().forEach(Agent::start);
            mirror.interceptors().forEach(Agent::awaitReady);
            for (DiversionFault fault : List.of(DiversionFault.NFT_FLUSH, DiversionFault.RULE_FLUSH)) {
                Thread upgrades = new Thread(() -> upgrade(mirror), "upgrades");
                upgrades.start();
                round(mirror, "upgraded", fault, FAULTS, (f, host) -> f.loopByHand(mirror.lab(), host, each));
                join(upgrades);
            }
            mirror.interceptors().forEach(Agent::awaitReady);

            for (LoadProcess process : List.of(keep, shorts)) {
                process.finish();
                LoadResult result = process.await(LIMIT);
                assertThat(result.answered()).as("%s", result).isEqualTo(result.issued());
            }
            Comparison comparison = mirror.settle(begun, LIMIT);
            System.out.printf("second line: %s%n", comparison);
            assertThat(leaks).isEmpty();
            assertThat(comparison.percent()).as("%s", comparison).isEqualTo("100.00");
        }
    }

    private static LoadProcess load(Mirror mirror, String run, String... options) {
        List<String> all = new ArrayList<>(List.of("--run", run, "--seconds", "1500"));
        all.addAll(List.of(options));
        return LoadProcess.start(mirror.lab(), all.toArray(new String[0]));
    }

    private static void upgrade(Mirror mirror) {
        for (Agent interceptor : mirror.interceptors()) {
            interceptor.close();
            interceptor.start();
            interceptor.awaitReady();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One kind on all real servers at once; {@code words} gives the loop of a host. */
    private void round(
            Mirror mirror,
            String interceptors,
            DiversionFault fault,
            int faults,
            BiFunction<DiversionFault, String, String> words) {
        Lab lab = mirror.lab();
        long before = mirror.leaks();
        long sent = sent(lab);
        List<HostProcess> loops = lab.realServers().stream()
                .map(host -> lab.start(
                        host,
                        interceptors + "-" + fault + "-" + host + ".log",
                        List.of("sh", "-c", words.apply(fault, host))))
                .toList();
        int done = 0;
        int worst = 0;
        for (HostProcess loop : loops) {
            loop.await(LIMIT);
            String[] figures = loop.output().strip().split(" ", -1);
            done += Integer.parseInt(figures[0]);
            worst = Math.max(worst, Integer.parseInt(figures[1]));
        }
        long leaked = mirror.leaks() - before;
        String line = String.format(
                Locale.ROOT,
                "second line: %-9s %-16s %d faults, longest repair %d ms, %d segments sent, %d leaked",
                interceptors,
                fault,
                done,
                worst,
                sent(lab) - sent,
                leaked);
        System.out.println(line);
        if (leaked > 0 || done < faults) {
            leaks.add(line);
        }
    }

    /** TCP segments that all real servers have sent. */
    private static long sent(Lab lab) {
        return lab.realServers().stream()
                .map(host -> lab.run(host, "awk", "/^Tcp: [0-9]/ {print $12}", "/proc/net/snmp"))
                .mapToLong(text -> Long.parseLong(text.strip()))
                .sum();
    }
}
