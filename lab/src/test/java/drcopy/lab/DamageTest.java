// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
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

/**
 * Two of a hundred of the clients' packets are damaged on the way to online: in payload, flags, sequence number, port or option,
 * with the checksum as it was. Online's kernel throws them away.
 */
@Tag("lab")
class DamageTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String DATAGRAMS = "198.18.0.10:53-198.18.1.200:53";

    private static final int QUESTIONS = 1000;
    /** One question a millisecond, without a look at the answers. */
    private static final String ASK =
            "import socket, struct, sys, time; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
                    + " s.bind((sys.argv[1], 0)); [(s.sendto(struct.pack('>6H', i, 256, 1, 0, 0, 0)"
                    + " + b'\\7damaged\\3lab\\0\\0\\1\\0\\1', (sys.argv[2], 53)), time.sleep(.001)) for i in range(int(sys.argv[3]))]";

    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.HMARK, "--udp", "-x", DATAGRAMS);
        mirror.lab().control("offload", "off");
        mirror.lab().control("damage", "client", "eth0", "2");
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    private static long damaged(String what) {
        return mirror.copier().metric("dropped_" + what + "_total{reason=\"bad_checksum\"}");
    }

    @ParameterizedTest
    @CsvSource({"four, 198.18.0.10:80, 198.18.8.1", "six, [2001:db8::10]:80, 2001:db8:8::1"})
    void everyUploadArrivesAsOnlineTookIt(String run, String online, String from) {
        Path sums = mirror.lab().folder().resolve(run + ".sums");
        Mirror.Mark mark = mirror.mark();
        long before = damaged("segments");

        LoadResult load = mirror.load(
                LIMIT,
                "--run",
                run,
                "--target",
                online,
                "--from",
                from,
                "--style",
                "SHORT",
                "--connections",
                "20",
                "--count",
                "100",
                "--sizes",
                "200000",
                "--bodies",
                sums.toString());

        Expect.whole(mirror, mark, load, LIMIT);
        List<AccessLog.Line> arrived = mirror.lab().realServers().stream()
                .flatMap(host -> mirror.serverLines(mark, host).stream())
                .toList();
        assertThat(Bodies.ofLog(mirror.onlineLines(mark)))
                .isEqualTo(Bodies.ofFile(sums))
                .hasSize(100);
        assertThat(Bodies.ofLog(arrived)).isEqualTo(Bodies.ofFile(sums));
        Expect.balancedBooks(mirror);
        System.out.printf("%s: %d damaged segments%n", run, damaged("segments") - before);
        assertThat(damaged("segments") - before).isPositive();
    }

    @Test
    void noDatagramArrivesThatOnlineNeverHad() {
        List<Dns> servers = Stream.concat(Stream.of("online"), mirror.lab().realServers().stream())
                .map(host -> Dns.start(mirror.lab(), host))
                .toList();
        try {
            mirror.lab().run("client", "python3", "-c", ASK, Lab.CLIENT, Lab.ONLINE, Integer.toString(QUESTIONS));

            Await.until("all are booked", LIMIT, () -> mirror.copier().metric("datagrams_captured_total") == QUESTIONS);
            long sound = QUESTIONS - damaged("datagrams");
            System.out.printf("%d of %d datagrams damaged%n", QUESTIONS - sound, QUESTIONS);
            Await.until("online has the others", LIMIT, () -> questions(servers.subList(0, 1)) == sound);
            Await.until("targets have them", LIMIT, () -> questions(servers.subList(1, servers.size())) == sound);
            assertThat(sound).isLessThan(QUESTIONS);
        } finally {
            servers.forEach(Dns::close);
        }
    }

    /** Of the client, whatever is asked in them. */
    private static long questions(List<Dns> servers) {
        return servers.stream()
                .mapToLong(server -> server.questions("198.18.8."))
                .sum();
    }
}
