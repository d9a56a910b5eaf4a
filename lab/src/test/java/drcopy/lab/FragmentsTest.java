// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import drcopy.wire.Fragments;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches online in fragments, or in runs of datagrams, reaches the target as online took it, and never as a piece. */
@Tag("lab")
class FragmentsTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    /** A client of online behind the router. */
    private static final String BEHIND = "198.18.8.210";

    private static final String[] UDP = {
        "--udp", "-x", "198.18.0.10:53-198.18.1.200:53,[2001:db8::10]:53-[2001:db8:1::200]:53"
    };
    /** Arguments: run, server, client, count, bytes of a question, size of the datagrams of a run (UDP_SEGMENT, udp(7)) or 0. */
    private static final String ASK =
            """
            import socket, struct, sys
            run, server, client, count, length, size = sys.argv[1:]
            s = socket.socket(socket.AF_INET6 if ':' in server else socket.AF_INET, socket.SOCK_DGRAM)
            s.bind((client, 0))
            s.connect((server, 53))
            s.settimeout(5)
            if size != '0':
                s.setsockopt(17, 103, int(size))
            def question(i):
                labels = b''.join(bytes([len(l)]) + l for l in ((run + '-' + str(i)).encode(), b'lab', b''))
                head = struct.pack('>6H', i, 0x100, 1, 0, 0, 1) + labels + struct.pack('>HH', 1, 1)
                padding = int(length) - len(head) - 15
                return head + struct.pack('>BHHIHHH', 0, 41, 4096, 0, padding + 4, 65001, padding) + bytes(padding)
            answered = 0
            for n in range(0, int(count), 10):
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
        lab.run("client", "ip", "route", "add", BEHIND + "/32", "via", "198.18.9.2");
        lab.run("client", "sysctl", "-qw", "net.ipv4.ip_forward=1");
        lab.run("client", "ip", "link", "set", "eth0", "mtu", "1300");
        lab.run("assistant", "ip", "addr", "add", "198.18.9.2/30", "dev", "up0");
        lab.run("assistant", "ip", "addr", "add", BEHIND + "/32", "dev", "lo");
        lab.run("assistant", "ip", "link", "set", "up0", "up");
        lab.run("assistant", "ip", "route", "replace", "198.18.0.0/24", "via", "198.18.9.1");
        lab.run("assistant", "sysctl", "-qw", "net.ipv4.ip_no_pmtu_disc=1");
    }

    private static void takeTheRouterAway() {
        mirror.lab().run("client", "ip", "link", "del", "in0");
        mirror.lab().run("client", "ip", "link", "set", "eth0", "mtu", "1500");
        mirror.lab().run("assistant", "ip", "addr", "del", BEHIND + "/32", "dev", "lo");
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
                    BEHIND,
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

    /**
     * Questions, ten at a time: each in a datagram of fragments, ten datagrams in one run, or single datagrams that receive offload
     * joins. Online's server answers all; so many come to the targets, and no piece of one.
     */
    @ParameterizedTest
    @CsvSource({
        "longfour, 198.18.0.10, 198.18.8.1, 200, 3000, 0, off",
        "longsix, 2001:db8::10, 2001:db8:8::1, 200, 3000, 0, off",
        "runfour, 198.18.0.10, 198.18.8.1, 1000, 1200, 1200, off",
        "runsix, 2001:db8::10, 2001:db8:8::1, 1000, 1200, 1200, off",
        "joinedfour, 198.18.0.10, 198.18.8.1, 1000, 1200, 0, on"
    })
    void datagrams(String run, String online, String client, int count, int length, int segment, String joining) {
        mirror.copyWith(UDP);
        Lab lab = mirror.lab();
        lab.control("offload", "on");
        lab.run("online", "ethtool", "-K", "eth0", "rx-udp-gro-forwarding", joining);
        List<Dns> targets =
                lab.realServers().stream().map(host -> Dns.start(lab, host)).toList();
        try (Dns production = Dns.start(lab, "online")) {
            long fullBefore = foundFull();
            String answered =
                    lab.run("client", "python3", "-c", ASK, run, online, client, "" + count, "" + length, "" + segment);
            assertThat(answered.strip()).isEqualTo("" + count);
            assertThat(production.queries(run, client)).isEqualTo(count);

            LongSupplier arrived = () ->
                    targets.stream().mapToLong(dns -> dns.queries(run, client)).sum();
            Await.happens(LIMIT, () -> arrived.getAsLong() + foundFull() - fullBefore >= count);
            long full = foundFull() - fullBefore;
            System.out.printf(
                    "%s: %d of %d datagrams (and %d found the socket full)%n", run, arrived.getAsLong(), count, full);
            assertThat(arrived.getAsLong() + full).as(Expect.state(mirror)).isEqualTo(count);
            assertThat(mirror.copier().metric("datagrams_captured_total")).isEqualTo(count);
            assertThat(mirror.copier().metric("dropped_datagrams_total")).isZero();
            assertThat(mirror.leaks()).as("packets that reached clients").isZero();
        } finally {
            targets.forEach(Dns::close);
            lab.control("offload", "off");
        }
    }

    /** Datagrams that came to a real server and found its socket full. */
    private static long foundFull() {
        return mirror.lab().realServers().stream()
                .flatMap(host -> mirror.lab()
                        .run(host, "nstat", "-asz", "UdpRcvbufErrors", "Udp6RcvbufErrors")
                        .lines())
                .filter(line -> line.startsWith("Udp"))
                .mapToLong(line -> Long.parseLong(line.split(" +", 3)[1]))
                .sum();
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
                        "drcopy_copier_dropped_segments_total{reason=\"" + reason.toLowerCase(Locale.ROOT) + "\"}",
                        0.0));
    }
}
