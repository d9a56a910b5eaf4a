// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two copiers of the same sessions in one pool, an ensemble of three coordinators, and faults one after the other, chosen by a seed:
 * {@code -Ddrcopy.faults.seed=1 -Ddrcopy.faults.count=15 -Ddrcopy.faults.seconds=600}, the last of which bounds the time in which
 * faults begin. Before them the ensemble loses its leader, and then its quorum. What was recorded is checked for fencing, and for who was given each response.
 */
@Tag("lab")
class PoolFaults {
    private static final long SEED = Long.getLong("drcopy.faults.seed", 1);
    private static final int COUNT = Integer.getInteger("drcopy.faults.count", 15);
    private static final long MOST_NS = TimeUnit.SECONDS.toNanos(Integer.getInteger("drcopy.faults.seconds", 600));
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int RATE = 60;
    private static final List<String> SERVERS = List.of("rs1", "rs2", "rs3");
    /** What news of a newer lease may take to its older holder, on a busy machine. */
    private static final long NEWS_MS = 1_000;

    /** What a SYN may take from the decision to the wire, on a busy machine. */
    private static final long UNDER_WAY_MS = 100;

    /** How often it is looked whether both copiers mirror on. */
    private static final int LOOKS = 8;

    static final int MTU_OF_SECOND = 1_300;
    private static final int MOST_TAKES = 4;
    private static final String ONLY_SECOND = "ip daddr { 198.18.1.40, 198.18.1.41, 198.18.1.42 } tcp dport 2181 drop";
    private static final String INTERCEPTORS = "tcp dport 36524 drop";

    /** A fault that is over when it returns. */
    private enum Fault {
        LEADER_LOST,
        QUORUM_LOST,
        ZOOKEEPER_STOPPED,
        SESSION_EXPIRED,
        ID_TAKEN_WHILE_CUT_OFF,
        CUT_OFF_FROM_INTERCEPTORS,
        CUT_OFF_FROM_BOTH,
        COPIER_KILLED
    }

    private final Random random = new Random(SEED);
    private final Map<Fault, Integer> done = new HashMap<>();
    private Lab lab;
    private Ensemble ensemble;
    private Mirror mirror;
    private Agent second;

    @Test
    void noFaultBreaksTheFence() {
        lab = Lab.up(Lab.Director.LVS, "faults" + ProcessHandle.current().pid(), 5);
        lab.director("ipvsadm", "-d", "-t", Lab.VIP + ":80", "-r", Lab.address("rs4") + ":80");
        lab.director("ipvsadm", "-d", "-t", Lab.VIP + ":80", "-r", Lab.address("rs5") + ":80");
        List<Capture> taps = SERVERS.stream()
                .map(host -> Capture.whole(lab, host, "streams-" + host, "tcp port 36524"))
                .toList();
        ensemble = Ensemble.up(lab);
        List<String> divert = List.of("--divert", Mirror.diverted(), "-z", Ensemble.ADDRESSES);
        String transfer = "198.18.0.10:80-198.18.1.200:80";
        mirror = Mirror.up(lab, List.of("-x", transfer, "-z", Ensemble.ADDRESSES), divert, SERVERS);
        List<String> options = new ArrayList<>(List.of("-x", transfer + ",198.18.0.10:8080-198.18.1.200:8080"));
        options.addAll(List.of("-z", Ensemble.SECOND_ADDRESSES, "-M", Integer.toString(MTU_OF_SECOND)));
        second = Agent.copier(lab, 1, options);
        second.start();
        second.awaitReady();
        try (Capture capture = Capture.start(
                lab,
                "online",
                "opened",
                "tcp[13] & 0x12 = 2 and dst port 80 and dst host (198.18.0.10 or 198.18.1.200)")) {
            awaitWhole();
            runFaults();
            judge(capture);
            judgeResponses(taps);
        } finally {
            taps.forEach(Capture::close);
            second.close();
            ensemble.close();
            mirror.close();
        }
    }

    private void runFaults() {
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                lab, "--run", "faults", "--style", "SHORT", "--rate", Integer.toString(RATE), "--seconds", "900")) {
            awaitRequests(RATE);
            loseLeaderThenQuorum();
            long begun = System.nanoTime();
            for (int i = 0; i < COUNT && System.nanoTime() - begun < MOST_NS; i++) {
                Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                long from = System.nanoTime();
                inflict(fault);
                done.merge(fault, 1, Integer::sum);
                awaitWhole();
                System.out.printf(
                        Locale.ROOT,
                        "%d %s: whole again after %d ms%n",
                        i,
                        fault,
                        (System.nanoTime() - from) / 1_000_000);
                awaitRequests(RATE);
            }
            ensemble.killAndWipe();
            awaitRequests(RATE);
            ensemble.start(List.of(0, 1, 2));
            awaitWhole();
            load.finish();
            LoadResult result = load.await(LIMIT);
            assertThat(result.answered()).isEqualTo(result.issued());
            Comparison comparison = mirror.settle(mark, LIMIT);
            System.out.println("seed " + SEED + ", faults " + done + ", then all data wiped: " + comparison);
            assertThat(comparison.delivered())
                    .as("delivered by one of two at least: %s", comparison)
                    .isEqualTo(comparison.online());
            assertThat(comparison.foreign()).isZero();
            assertThat(mirror.leaks()).isZero();
        }
    }

    /** Nobody is left to decide, and both copiers mirror on with what they know. */
    private void loseLeaderThenQuorum() {
        int leader = ensemble.leader();
        int other = (leader + 1) % 3;
        ensemble.kill(List.of(leader));
        mirrorsOn("the leader is lost");
        ensemble.kill(List.of(other));
        for (Agent copier : List.of(mirror.copier(), second)) {
            Await.until("no quorum for " + copier.name(), LIMIT, () -> copier.metric("zookeeper_connected") == 0);
        }
        mirrorsOn("the quorum is lost");
        ensemble.start(List.of(leader, other));
        awaitWhole();
    }

    /** Each copier delivers as many segments as there are requests, in each of {@link #LOOKS} seconds or so. */
    private void mirrorsOn(String when) {
        long longestMs = 0;
        long least = Long.MAX_VALUE;
        Mirror.Mark mark = mirror.mark();
        for (int i = 0; i < LOOKS; i++) {
            long from = System.nanoTime();
            for (Agent copier : List.of(mirror.copier(), second)) {
                long before = copier.metric("segments_delivered_total");
                Await.until(
                        copier.name() + " mirrors on",
                        LIMIT,
                        () -> copier.metric("segments_delivered_total") >= before + RATE);
                least = Math.min(least, copier.metric("interceptors_up"));
            }
            longestMs = Math.max(longestMs, (System.nanoTime() - from) / 1_000_000);
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %s; %d times each copier delivered %d segments more, within %d ms at most; interceptors %d%n",
                when,
                mirror.compare(mark),
                LOOKS,
                RATE,
                longestMs,
                least);
        assertThat(least).as("interceptors up").isEqualTo(SERVERS.size());
    }

    private void inflict(Fault fault) {
        switch (fault) {
            case LEADER_LOST -> killServers(List.of(ensemble.leader()));
            case QUORUM_LOST -> {
                int spared = random.nextInt(3);
                killServers(List.of((spared + 1) % 3, (spared + 2) % 3));
            }
            case ZOOKEEPER_STOPPED -> {
                ensemble.signal("STOP");
                awaitSeconds(2 + random.nextInt(11));
                ensemble.signal("CONT");
            }
            case SESSION_EXPIRED -> cutOff(ONLY_SECOND, 11);
            case ID_TAKEN_WHILE_CUT_OFF -> takeIdWhileCutOff();
            case CUT_OFF_FROM_INTERCEPTORS -> cutOff(INTERCEPTORS, 1 + random.nextInt(12));
            case CUT_OFF_FROM_BOTH -> cutOff(ONLY_SECOND + "\n" + INTERCEPTORS, 1 + random.nextInt(12));
            case COPIER_KILLED -> {
                second.kill();
                awaitRequests(RATE);
                second.start();
                second.awaitReady();
            }
        }
    }

    private void killServers(List<Integer> servers) {
        ensemble.kill(servers);
        awaitSeconds(1 + random.nextInt(4));
        ensemble.start(servers);
    }

    private void cutOff(String rules, int seconds) {
        drop(rules);
        awaitSeconds(seconds);
        restore();
    }

    /** The second is cut off from ZooKeeper until its lease is over, and the first is made to take what the second had. */
    private void takeIdWhileCutOff() {
        Set<Integer> before = leased();
        drop(ONLY_SECOND);
        Await.until("the lease is over", LIMIT, () -> leased().size() == 1);
        before.removeAll(leased());
        for (int i = 0; i < MOST_TAKES && !before.equals(leased()); i++) {
            int own = leased().iterator().next();
            coordinator("id", "free", Integer.toString(own));
            Await.until("the first has another ID", LIMIT, () -> leased().size() == 1 && !leased().contains(own));
        }
        awaitRequests(2 * RATE);
        restore();
    }

    private Set<Integer> leased() {
        Set<Integer> ids = new HashSet<>();
        Matcher matcher = Pattern.compile("\"id\":(\\d+)").matcher(coordinator("id", "list", "--json"));
        while (matcher.find()) {
            ids.add(Integer.valueOf(matcher.group(1)));
        }
        return ids;
    }

    private String coordinator(String... words) {
        List<String> command =
                new ArrayList<>(List.of(Lab.home().resolve("bin/coordinator").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("-z", Ensemble.ADDRESSES));
        return lab.run("online", command.toArray(String[]::new));
    }

    private void drop(String rules) {
        lab.run(
                "online",
                "nft",
                "table inet faults { chain out { type filter hook output priority 0; " + rules.replace("\n", "; ")
                        + "; }; }");
    }

    private void restore() {
        lab.run("online", "nft", "delete table inet faults");
    }

    private void awaitSeconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            awaitRequests(RATE);
        }
    }

    private void awaitRequests(int count) {
        Mirror.Mark mark = mirror.mark();
        Await.until(
                count + " more requests online",
                LIMIT,
                () -> mirror.onlineLines(mark).size() >= count);
    }

    private void awaitWhole() {
        for (Agent copier : List.of(mirror.copier(), second)) {
            Await.until("the pool is whole for " + copier.name(), LIMIT, () -> {
                Map<String, Double> now = copier.metrics();
                return copier.sum(now, "zookeeper_connected") == 1
                        && copier.sum(now, "instance_ids_leased") == 1
                        && copier.sum(now, "interceptors_up") == 3;
            });
        }
    }

    /** Every opening on the wire against what interceptors had seen by then. */
    private void judge(Capture capture) {
        FenceHistory history = new FenceHistory();
        history.copier("first", mirror.copier().log());
        history.copier("second", second.log());
        for (String host : SERVERS) {
            history.interceptor(mirror.interceptor(host).log());
        }
        List<FenceHistory.Opening> openings = new Openings().of(capture);
        long late = 0;
        long latest = 0;
        long afterHearing = 0;
        for (FenceHistory.Opening opening : openings) {
            long ms = history.lateMs(opening);
            late += ms > 0 ? 1 : 0;
            latest = Math.max(latest, ms);
            afterHearing = Math.max(afterHearing, history.afterHearingMs(opening));
        }
        System.out.printf(
                Locale.ROOT,
                "%s, %d IDs changed hands, %d openings; after an interceptor had seen a newer lease: %d, the latest %d ms after;"
                        + " %d times a copier heard of one, openings until %d ms after%n",
                history.size(),
                history.contested(),
                openings.size(),
                late,
                latest,
                history.heard(),
                afterHearing);
        assertThat(openings).isNotEmpty();
        assertThat(history.isComplete())
                .as("leases and sightings were recorded")
                .isTrue();
        assertThat(latest).as("ms an older holder opened on").isLessThan(NEWS_MS);
        assertThat(afterHearing)
                .as("ms an older holder opened on after it had heard")
                .isLessThan(UNDER_WAY_MS);
        for (Agent copier : List.of(mirror.copier(), second)) {
            System.out.printf(
                    Locale.ROOT,
                    "%s: responses %d, of replicas gone %d; route conflicts %d%n",
                    copier.name(),
                    copier.metric("responses_total"),
                    copier.metric("responses_unknown_total"),
                    copier.metric("route_conflicts_total"));
        }
    }

    /** Every response on the wire against who owned its flow by then. */
    private static void judgeResponses(List<Capture> taps) {
        for (Capture tap : taps) {
            FlowHistory history = new FlowHistory();
            StreamTap streams = new StreamTap(history);
            streams.read(tap);
            System.out.printf(
                    Locale.ROOT,
                    "%d responses given to copiers, %d of them to others than the flow's owner; %d routes of another's flow; %d bytes not read%n",
                    history.responses(),
                    history.foreign(),
                    history.contested(),
                    streams.lostBytes());
            assertThat(history.responses()).isGreaterThan(COUNT);
            assertThat(history.foreign()).isZero();
            assertThat(streams.lostBytes()).isZero();
        }
    }
}
