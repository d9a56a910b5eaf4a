// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import drcopy.wire.Fragments;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches online in fragments reaches the target as online took it, and never as a piece. */
@Tag("lab")
class FragmentsTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String[] UDP = {
        "--udp", "-x", "198.18.0.10:53-198.18.1.200:53,[2001:db8::10]:53-[2001:db8:1::200]:53"
    };
    /** Arguments: run, server, client, size of the datagrams of a run (UDP_SEGMENT, udp(7)); 0: single datagrams. */
    private static final String ASK =
            """
            import socket, struct, sys
            run, server, client, size = sys.argv[1:]
            s = socket.socket(socket.AF_INET6 if ':' in server else socket.AF_INET, socket.SOCK_DGRAM)
            s.bind((client, 0))
            s.connect((server, 53))
            s.settimeout(5)
            if size != '0':
                s.setsockopt(17, 103, int(size))
            def question(i):
                labels = b''.join(bytes([len(l)]) + l for l in ((run + '-' + str(i)).encode(), b'lab', b''))
                head = struct.pack('>6H', i, 0x100, 1, 0, 0, 1) + labels + struct.pack('>HH', 1, 1)
                padding = 1200 - len(head) - 15
                return head + struct.pack('>BHHIHHH', 0, 41, 4096, 0, padding + 4, 65001, padding) + bytes(padding)
            answered = 0
            for n in range(0, 1000, 10):
                questions = [question(i) for i in range(n, n + 10)]
                for datagram in [b''.join(questions)] if size != '0' else questions:
                    s.send(datagram)
                answered += sum(len(s.recv(4096)) > 0 for i in range(10))
            print(answered)
            """;

    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.LVS, UDP);
    }

    @AfterAll
    static void down() {
        if (mirror != null) {
            mirror.close();
        }
    }

    /** The clients' host becomes a router in front of another client, whose segments do not fit its way to online. */
    private static void putARouterBetween() {
        Lab lab = mirror.lab();
        lab.run(
                "client",
                "ip",
                "link",
                "add",
                "in0",
                "type",
                "veth",
                "peer",
                "up0",
                "netns",
                lab.name() + "-assistant");
        lab.run("client", "ip", "addr", "add", "198.18.9.1/30", "dev", "in0");
        lab.run("client", "ip", "link", "set", "in0", "up");
        lab.run("client", "ip", "route", "add", "198.18.9.2/32", "dev", "in0");
        lab.run("client", "sysctl", "-qw", "net.ipv4.ip_forward=1");
        lab.run("client", "ip", "link", "set", "eth0", "mtu", "1000");
        lab.run("assistant", "ip", "addr", "add", "198.18.9.2/30", "dev", "up0");
        lab.run("assistant", "ip", "link", "set", "up0", "up");
        lab.run("assistant", "ip", "route", "replace", "198.18.0.0/24", "via", "198.18.9.1");
        lab.run("assistant", "sysctl", "-qw", "net.ipv4.ip_no_pmtu_disc=1");
        lab.run("online", "ip", "route", "add", "198.18.9.0/30", "via", "198.18.0.20");
    }

    private static void takeTheRouterAway() {
        mirror.lab().run("client", "ip", "link", "del", "in0");
        mirror.lab().run("client", "ip", "link", "set", "eth0", "mtu", "1500");
        mirror.lab().run("online", "ip", "route", "del", "198.18.9.0/30");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void uploadsThatARouterCuts(int shards) {
        String run = "cut" + shards;
        Path sums = mirror.lab().folder().resolve(run + ".sums");
        mirror.copyWith(Stream.concat(Stream.of(UDP), Stream.of("--shards", Integer.toString(shards)))
                .toArray(String[]::new));
        putARouterBetween();
        try {
            Mirror.Mark mark = mirror.mark();
            LoadResult load;
            try (LoadProcess process = LoadProcess.startOn(
                    "assistant",
                    mirror.lab(),
                    "--run",
                    run,
                    "--style",
                    "SHORT",
                    "--from",
                    "198.18.9.2",
                    "--clients",
                    "1",
                    "--connections",
                    "5",
                    "--count",
                    "20",
                    "--sizes",
                    "200000",
                    "--bodies",
                    sums.toString())) {
                load = process.await(LIMIT);
            }
            assertThat(mirror.lab().run("client", "nstat", "-asz", "IpFragCreates"))
                    .as("the router cut")
                    .doesNotContain("IpFragCreates 0 ");

            Expect.whole(mirror, mark, load, LIMIT);
            List<AccessLog.Line> arrived = mirror.lab().realServers().stream()
                    .flatMap(host -> mirror.serverLines(mark, host).stream())
                    .toList();
            assertThat(Bodies.ofLog(arrived)).isEqualTo(Bodies.ofFile(sums)).hasSize(20);
            Expect.balancedBooks(mirror);
        } finally {
            takeTheRouterAway();
        }
    }

    /** Questions of 3,000 bytes arrive at the targets, which answer them; a server says nothing to a piece of one. */
    @ParameterizedTest
    @CsvSource({"longfour, 198.18.0.10, 198.18.8.1", "longsix, 2001:db8::10, 2001:db8:8::1"})
    void datagramsThatDoNotFitOnePacket(String run, String online, String client) {
        mirror.copyWith(UDP);
        Lab lab = mirror.lab();
        List<Dns> targets =
                lab.realServers().stream().map(host -> Dns.start(lab, host)).toList();
        try (Dns production = Dns.start(lab, "online")) {
            String option = "+ednsopt=65001:" + "5a".repeat(2_940);
            assertThat(Dns.ask(lab, online, client, run, 200, option)).isEqualTo(200);
            assertThat(production.queries(run, client)).isEqualTo(200);

            long[] arrived = {0};
            Await.happens(LIMIT, () -> {
                arrived[0] = targets.stream()
                        .mapToLong(dns -> dns.queries(run, client))
                        .sum();
                return arrived[0] >= 200;
            });
            System.out.printf("%s: %d of 200 datagrams%n", run, arrived[0]);
            assertThat(arrived[0]).as(Expect.state(mirror)).isEqualTo(200);
            assertThat(mirror.copier().metric("datagrams_captured_total")).isEqualTo(200);
            assertThat(mirror.copier().metric("dropped_datagrams_total")).isZero();
        } finally {
            targets.forEach(Dns::close);
        }
    }

    /**
     * Ten questions of 1,200 bytes at a time, in one run or, where receive offload joins them, one by one. What is answered was
     * asked in a datagram of its own.
     */
    @ParameterizedTest
    @CsvSource({
        "runfour, 198.18.0.10, 198.18.8.1, true",
        "runsix, 2001:db8::10, 2001:db8:8::1, true",
        "joinedfour, 198.18.0.10, 198.18.8.1, false"
    })
    void runsOfDatagrams(String run, String online, String client, boolean isRun) {
        mirror.copyWith(UDP);
        Lab lab = mirror.lab();
        lab.control("offload", "on");
        lab.run("online", "ethtool", "-K", "eth0", "rx-udp-gro-forwarding", isRun ? "off" : "on");
        List<Dns> targets =
                lab.realServers().stream().map(host -> Dns.start(lab, host)).toList();
        try (Dns production = Dns.start(lab, "online")) {
            assertThat(lab.run("client", "python3", "-c", ASK, run, online, client, isRun ? "1200" : "0")
                            .strip())
                    .isEqualTo("1000");
            assertThat(production.queries(run, client)).isEqualTo(1_000);

            long[] arrived = {0};
            Await.happens(LIMIT, () -> {
                arrived[0] = targets.stream()
                        .mapToLong(dns -> dns.queries(run, client))
                        .sum();
                return arrived[0] >= 1_000;
            });
            System.out.printf("%s: %d of 1000 datagrams%n", run, arrived[0]);
            assertThat(arrived[0]).as(Expect.state(mirror)).isEqualTo(1_000);
            assertThat(mirror.copier().metric("datagrams_captured_total")).isEqualTo(1_000);
        } finally {
            targets.forEach(Dns::close);
            lab.control("offload", "off");
        }
    }

    /** RFC 6946. */
    @Test
    void atomicFragments() {
        Mirror.Mark mark = mirror.mark();
        TaggedSession.send(
                mirror.lab(),
                TaggedSession.ONE_TAG,
                Lab.CLIENT6,
                Lab.ONLINE6,
                "/atomic",
                packet -> Fragments.of(packet, 1_280, 7).stream());

        assertThat(Await.happens(LIMIT, () -> arrived(mark, "/atomic") == 1))
                .as(Expect.state(mirror))
                .isTrue();
    }

    /** A request whose other half never comes is no request. */
    @Test
    void aPieceIsNoRequest() {
        mirror.copyWith(UDP);
        Mirror.Mark mark = mirror.mark();
        String path = "/half?" + "h".repeat(1_500);
        TaggedSession.send(
                mirror.lab(),
                TaggedSession.ONE_TAG,
                Lab.CLIENT,
                Lab.ONLINE,
                path,
                packet -> Fragments.of(packet, 1_000, 7).stream().limit(1));
        Await.until("given up", LIMIT, () -> dropped("FRAGMENT") == 1);

        assertThat(arrived(mark, "/half")).isZero();
        assertThat(mirror.copier().metric("segments_delivered_total")).isOne(); // the SYN
    }

    private static long arrived(Mirror.Mark since, String path) {
        return mirror.lab().realServers().stream()
                .flatMap(host -> mirror.serverLines(since, host).stream())
                .filter(line -> line.uri().startsWith(path))
                .count();
    }

    private static long dropped(String reason) {
        return Math.round(mirror.copier()
                .metrics()
                .getOrDefault(
                        "drcopy_copier_dropped_segments_total{reason=\"" + reason.toLowerCase(java.util.Locale.ROOT)
                                + "\"}",
                        0.0));
    }
}
