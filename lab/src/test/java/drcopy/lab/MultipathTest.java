// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients and online speak the kernel's Multipath TCP with two subflows, which share each upload between them: no part of it is played
 * as if it were a request, live and from a file, and sessions beside it are copied as ever.
 */
@Tag("lab")
class MultipathTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int UPLOADS = 12;
    private static final int PLAIN = 40;
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.HMARK);
        for (String host : List.of("client", "online")) {
            mirror.lab().run(host, "ip", "mptcp", "limits", "set", "subflow", "2", "add_addr_accepted", "2");
        }
        mirror.lab().run("client", "ip", "mptcp", "endpoint", "add", "198.18.8.150", "subflow");
        mirror.online().close();
        mirror.online().start("mptcpize", "run");
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    @Test
    void noPartOfAnUploadOnTwoSubflowsIsPlayed() {
        Mirror.Mark mark = mirror.mark();
        Path file = mirror.lab().folder().resolve("multipath.pcap");
        try (Capture capture =
                Capture.whole(mirror.lab(), "online", "multipath", "dst host 198.18.0.10 and tcp dst port 80")) {
            upload("multipath");
            mirror.load(LIMIT, "--run", "plain", "--style", "SHORT", "--count", Integer.toString(PLAIN));
            Await.until(
                    "all are answered", LIMIT, () -> mirror.onlineLines(mark).size() == UPLOADS + PLAIN);
            assertOnlyPlainOnesArrive(mark);
            Await.until("the uploads are in the file", LIMIT, () -> bytes(capture) > UPLOADS * 1_000_000L);
        }
        long joins = joins("online");
        assertThat(joins).as("subflows that joined online").isGreaterThanOrEqualTo(UPLOADS / 2);
        assertThat(mirror.copier().metric("sessions_mptcp_total")).isGreaterThanOrEqualTo(UPLOADS + joins);
        assertThat(mirror.copier().log().lines().filter(line -> line.contains("Multipath TCP")))
                .hasSize(1);
        Expect.balancedBooks(mirror);
        assertThat(mirror.leaks()).isZero();

        mirror.copier().close();
        Mirror.Mark replayed = mirror.mark();
        assertThat(replay(file)).contains("sessions", "left out: Multipath TCP");
        assertOnlyPlainOnesArrive(replayed);
    }

    /** An offer that online declines: its kernel may not speak it for this listener. */
    @Test
    void aClientThatOnlyOffersItIsCopied() {
        mirror.copyWith();
        mirror.online().close();
        mirror.online().start();
        Mirror.Mark mark = mirror.mark();

        upload("offered");

        Await.until("they arrive", LIMIT, () -> arrived(mark).size() == UPLOADS);
        assertThat(arrived(mark)).allMatch(line -> line.status() == 200);
        assertThat(mirror.copier().metric("sessions_mptcp_total")).isZero();
        mirror.online().close();
        mirror.online().start("mptcpize", "run");
    }

    /** Uploads of 1 MB by curl, four at a time. */
    private static void upload(String run) {
        String folder = mirror.lab().folder().toString();
        String script = String.format(
                "head -c 1000000 /dev/urandom > %1$s/body; seq 101 %2$d | xargs -P 4 -I N mptcpize run curl -s -f -m 30 -o /dev/null"
                        + " --interface 198.18.8.N -H Expect: --data-binary @%1$s/body http://198.18.0.10/up/%3$s-N",
                folder, 100 + UPLOADS, run);
        mirror.lab().run("client", "bash", "-o", "pipefail", "-c", script);
    }

    private static long bytes(Capture capture) {
        long[] sum = new long[1];
        capture.read((ns, isOutgoing, length, packet) -> sum[0] += length);
        return sum[0];
    }

    private static long joins(String host) {
        String counters = mirror.lab().run(host, "cat", "/proc/net/netstat");
        List<String[]> rows = counters.lines()
                .filter(line -> line.startsWith("MPTcpExt:"))
                .map(line -> line.split(" ", -1))
                .toList();
        return Long.parseLong(rows.get(1)[List.of(rows.get(0)).indexOf("MPJoinAckRx")]);
    }

    private static List<AccessLog.Line> arrived(Mirror.Mark since) {
        return mirror.lab().realServers().stream()
                .flatMap(host -> mirror.serverLines(since, host).stream())
                .toList();
    }

    private static void assertOnlyPlainOnesArrive(Mirror.Mark since) {
        Await.until("the plain requests arrive", LIMIT, () -> arrived(since).size() >= PLAIN);
        assertThat(arrived(since)).hasSize(PLAIN).allMatch(line -> line.uri().startsWith("/plain/"));
    }

    private static String replay(Path file) {
        String servers = mirror.lab().realServers().stream().map(Lab::address).collect(Collectors.joining(","));
        List<String> words = List.of("-i", file.toString(), "-x", Recording.TRANSFER, "-s", servers);
        try (Agent copier = Agent.copier(mirror.lab(), 2, words)) {
            copier.start();
            assertThat(copier.await(LIMIT)).as(copier.log()).isZero();
            return copier.log();
        }
    }
}
