// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which sessions are copied, how often, under which addresses, and how: {@code -n -f -r -g -c --udp -O -M}. */
@Tag("lab")
class OptionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration HOPELESS = Duration.ofSeconds(9);
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.LVS);
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    /** Runs a load and waits until the real servers have got so many times as much as online, or no more comes. */
    private static Mirror.Mark play(int times, String... load) {
        Mirror.Mark mark = mirror.mark();
        LoadResult result = mirror.load(LIMIT, load);
        assertThat(result.answered()).as("answered online: %s", result).isEqualTo(result.issued());
        Await.until("online logged", LIMIT, () -> mirror.onlineLines(mark).size() >= result.issued());
        awaitQuiet(mark, times * result.issued());
        return mark;
    }

    /** Until nothing more comes: for a moment when as much has come as is expected, else for longer than a retransmission. */
    private static void awaitQuiet(Mirror.Mark since, long expected) {
        long[] seen = {-1, System.nanoTime()};
        Await.happens(LIMIT, () -> {
            long count = arrived(since).size();
            if (count != seen[0]) {
                seen[0] = count;
                seen[1] = System.nanoTime();
            }
            Duration quiet = Duration.ofNanos(System.nanoTime() - seen[1]);
            return quiet.compareTo(count >= expected ? QUIET : HOPELESS) > 0;
        });
    }

    private static List<AccessLog.Line> arrived(Mirror.Mark since) {
        return mirror.lab().realServers().stream()
                .flatMap(host -> mirror.serverLines(since, host).stream())
                .toList();
    }

    /** Every request of online's arrived just so often. */
    private static void arrivedEach(int times, Mirror.Mark since) {
        Map<String, Integer> counts = new HashMap<>();
        mirror.onlineLines(since).forEach(line -> counts.put(line.uri(), 0));
        arrived(since).forEach(line -> counts.merge(line.uri(), 1, Integer::sum));
        long right = counts.values().stream().filter(count -> count == times).count();
        System.out.printf(
                "%d requests online, %d at the target%n",
                counts.size(), arrived(since).size());
        assertThat(right)
                .as("of %s requests, arrived %s times; %s", counts.size(), times, Expect.state(mirror))
                .isEqualTo(counts.size());
        assertThat(mirror.leaks()).as("packets that reached clients").isZero();
        Expect.balancedBooks(mirror);
    }

    @Test
    void replicasAreWholeSessions() {
        mirror.copyWith("-n", "3");

        arrivedEach(3, play(3, "--run", "n3", "--rate", "300", "--connections", "20", "--count", "900"));
        arrivedEach(3, play(3, "--run", "n3s", "--style", "SHORT", "--rate", "150", "--count", "300"));
    }

    @Test
    void hundredReplicasOfTwoHundredPortsOfOneClientDoNotCollide() {
        mirror.copyWith("-n", "100");

        arrivedEach(
                100,
                play(100, "--run", "n100", "--clients", "1", "--rate", "50", "--connections", "200", "--count", "300"));
    }

    @Test
    void copiersOfAnyInstanceNumbersDeliverOnceEach() {
        mirror.copyWith("-f", "0");
        List<Agent> others =
                List.of(mirror.another(1, "-f", "1"), mirror.another(2, "-f", "20"), mirror.another(3, "-f", "1023"));
        try {
            others.forEach(Agent::start);
            others.forEach(Agent::awaitReady);

            arrivedEach(4, play(4, "--run", "four", "--rate", "200", "--connections", "20", "--count", "600"));
            arrivedEach(4, play(4, "--run", "fours", "--style", "SHORT", "--rate", "100", "--count", "200"));
        } finally {
            others.forEach(Agent::close);
        }
    }

    @Test
    void ratioHoldsForSequentialPortsUnderReplacedAddresses() {
        mirror.copyWith("-r", "20", "-c", "198.18.9.x,198.18.10.0/28,2001:db8:9::/120");

        Mirror.Mark mark = play(
                0,
                "--run",
                "r20",
                "--style",
                "SHORT",
                "--clients",
                "1",
                "--port",
                "20000",
                "--connections",
                "10000",
                "--rate",
                "2500",
                "--count",
                "10000");

        Await.happens(LIMIT, () -> replaced(mark, "/r20/") > 1900);
        System.out.printf("-r 20 -c: %d of 10,000%n", replaced(mark, "/r20/"));
        assertThat(replaced(mark, "/r20/")).isBetween(1900L, 2100L);
        assertThat(arrived(mark)).as("with the client's own address").isEmpty();
        assertThat(mirror.leaks()).as("packets that reached clients").isZero();
    }

    @Test
    void rampEndsWithEverySession() {
        mirror.copyWith("-g", "5");

        Mirror.Mark mark = play(0, "--run", "g", "--style", "SHORT", "--rate", "200", "--count", "400");

        System.out.printf("--gradual 5: %d of the first 400%n", arrived(mark).size());
        assertThat(arrived(mark).size()).isLessThan(400);
        Await.until("the ramp is over", LIMIT, () -> {
            Mirror.Mark now = play(0, "--run", "ramp" + System.nanoTime(), "--style", "SHORT", "--count", "50");
            return arrived(now).size() == 50;
        });
    }

    /** {@code -O -W -C -M -t -m -B -F --snaplen}. */
    @Test
    void openSessionsAreLeftAloneAndPacketsAreAsShortAsAsked() {
        try (LoadProcess old = LoadProcess.start(
                mirror.lab(), "--run", "old", "--rate", "50", "--connections", "5", "--seconds", "60")) {
            Await.until("sessions are open", LIMIT, () -> online("/old/") > 20);
            String[] session = {"-O", "-W", "-C", "4", "-M", "1300", "-t", "30"};
            String[] capture = {"-m", "256", "-B", "8", "--snaplen", "65535", "-F", "tcp dst port 80"};
            mirror.copyWith(
                    Stream.concat(Stream.of(session), Stream.of(capture)).toArray(String[]::new));
            Mirror.Mark mark = mirror.mark();
            Await.until("they go on", LIMIT, () -> mirror.onlineLines(mark).size() > 50);
            assertThat(arrived(mark)).as("of sessions that were open before").isEmpty();
            old.finish();
            old.await(LIMIT);
        }
        assertThat(mirror.copier().metric("streams_opened_total"))
                .isEqualTo(4L * mirror.lab().realServers().size());
        try (Capture sent = Capture.start(mirror.lab(), "online", "short", "tcp and dst host " + Lab.VIP)) {
            arrivedEach(
                    1,
                    play(1, "--run", "short", "--style", "SHORT", "--rate", "50", "--count", "100", "--sizes", "5000"));

            int[] longest = new int[2];
            sent.read((ns, isOutgoing, length, packet) -> {
                int tcp = 4 * (packet.get(0) & 15);
                longest[0] = Math.max(longest[0], length);
                longest[1] = Math.max(longest[1], Openings.mss(packet, tcp));
            });
            assertThat(longest).as("bytes of a packet, and MSS").containsExactly(1300, 1260);
        }
    }

    private static long online(String path) {
        return mirror.online().log().lines().stream()
                .filter(line -> line.uri().startsWith(path))
                .count();
    }

    @Test
    void datagramsAreCopiedAsOftenAndUnderTheAddressesThatWereAskedFor() {
        Lab lab = mirror.lab();
        List<Dns> servers = Stream.concat(Stream.of("online"), lab.realServers().stream())
                .map(host -> Dns.start(lab, host))
                .toList();
        String[] udp = {"--udp", "-x", "198.18.0.10:53-198.18.1.200:53,[2001:db8::10]:53-[2001:db8:1::200]:53"};
        try {
            mirror.copyWith(udp);
            ask(servers, "dnsfour", Lab.ONLINE, Lab.CLIENT, 1000);
            ask(servers, "dnssix", Lab.ONLINE6, Lab.CLIENT6, 1000);
            assertThat(datagrams("captured")).isEqualTo(2000);
            assertThat(datagrams("sent")).isEqualTo(2000);

            mirror.copyWith(udp[0], udp[1], udp[2], "-n", "3", "-c", "198.18.9.x,2001:db8:9::/120");
            ask(servers, "dnsthree", Lab.ONLINE, "198.18.9.", 3000);

            mirror.copyWith(udp[0], udp[1], udp[2], "-r", "20");
            assertThat(Dns.ask(lab, Lab.ONLINE, Lab.CLIENT, "dnsfifth", 1000)).isEqualTo(1000);
            Await.until("all are booked", LIMIT, () -> datagrams("captured") == 1000);
            System.out.printf("--udp -r 20: %d of 1000%n", datagrams("sent"));
            assertThat(datagrams("sent")).isBetween(140L, 260L);
            assertThat(datagrams("sent")).isEqualTo(1000 - mirror.copier().metric("dropped_datagrams_total"));

            assertThat(mirror.leaks()).as("packets that reached clients").isZero();
        } finally {
            servers.forEach(Dns::close);
        }
    }

    /**
     * A thousand questions to online, all answered; so many come to the targets, from such addresses. Those that found the
     * server's own socket full have come, too: the target's kernel counts them.
     */
    private static void ask(List<Dns> servers, String run, String online, String from, int expected) {
        String client = online.equals(Lab.ONLINE6) ? Lab.CLIENT6 : Lab.CLIENT;
        List<Dns> targets = servers.subList(1, servers.size());
        long divertedBefore = diverted();
        long refusedBefore = refused();
        assertThat(Dns.ask(mirror.lab(), online, client, run, 1000)).isEqualTo(1000);
        LongSupplier asked = () ->
                targets.stream().mapToLong(server -> server.queries(run, from)).sum();
        Await.happens(LIMIT, () -> asked.getAsLong() + refused() - refusedBefore >= expected);
        Await.happens(LIMIT, () -> diverted() - divertedBefore >= asked.getAsLong());
        long refused = refused() - refusedBefore;
        long diverted = diverted() - divertedBefore;
        System.out.printf(
                "%s: online 1000, targets %d (and %d found the socket full), answers diverted %d, leaked %d%n",
                run, asked.getAsLong(), refused, diverted, mirror.leaks());
        assertThat(asked.getAsLong() + refused).as(Expect.state(mirror)).isEqualTo(expected);
        assertThat(targets).allMatch(server -> server.queries(run, from) > 0);
        assertThat(diverted).as("answers that were diverted").isEqualTo(asked.getAsLong());
    }

    /** Datagrams that found a socket of a real server full. */
    private static long refused() {
        return mirror.lab().realServers().stream()
                .flatMap(host -> mirror.lab()
                        .run(host, "nstat", "-asz", "UdpRcvbufErrors", "Udp6RcvbufErrors")
                        .lines())
                .filter(line -> line.startsWith("Udp"))
                .mapToLong(line -> Long.parseLong(line.split(" +", -1)[1]))
                .sum();
    }

    private static long datagrams(String what) {
        return mirror.copier().metric("datagrams_" + what + "_total");
    }

    private static long diverted() {
        return mirror.interceptors().stream()
                .mapToLong(interceptor -> interceptor.metric("datagrams_total"))
                .sum();
    }

    /** Requests below a path that came from addresses of the list, not from clients' own. */
    private static long replaced(Mirror.Mark since, String path) {
        return mirror.lab().realServers().stream()
                .flatMap(host -> {
                    List<AccessLog.Line> lines = mirror.server(host).log().lines();
                    return lines.subList(since.servers().get(host), lines.size()).stream();
                })
                .filter(line -> line.uri().startsWith(path))
                .filter(line ->
                        line.client().startsWith("198.18.9.") || line.client().startsWith("198.18.10."))
                .count();
    }
}
