// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Segments of more than 64 KB, as BIG TCP and the loopback make them, arrive byte for byte. */
@Tag("lab")
class BigTcpTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int SIZE = 200_000;
    /** RTM_NEWLINK with IFLA_GSO_IPV4_MAX_SIZE (63) and IFLA_GRO_IPV4_MAX_SIZE (64), which ip(8) sets since 6.3 only. */
    private static final String IPV4_SIZES =
            "import socket, struct, sys; s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0);"
                    + " s.send(struct.pack('IHHIIBBHiIIHHIHHI', 48, 16, 5, 1, 0, 0, 0, 0, socket.if_nametoindex(sys.argv[1]), 0, 0,"
                    + " 8, 63, %1$d, 8, 64, %1$d)); sys.exit(-struct.unpack_from('i', s.recv(4096), 16)[0])"
                            .formatted(SIZE);

    private static Mirror mirror;

    @BeforeAll
    static void up() {
        Lab lab = Lab.up(Lab.Director.HMARK);
        lab.control("offload", "on");
        bigTcp(lab, "client", "eth0");
        bigTcp(lab, "switch", "client-eth0");
        bigTcp(lab, "switch", "online-eth0");
        bigTcp(lab, "online", "eth0");
        String loopback = "127.0.0.1:80-198.18.1.200:80,[::1]:80-[2001:db8:1::200]:80";
        List<String> servers = lab.realServers().stream().map(Lab::address).toList();
        mirror = Mirror.up(
                lab,
                List.of(
                        "-x",
                        Mirror.transfers() + "," + loopback,
                        "-s",
                        String.join(",", servers),
                        "-H",
                        "198.18.8.7,2001:db8:8::7"),
                List.of("--divert", Mirror.diverted()));
    }

    private static void bigTcp(Lab lab, String host, String device) {
        String size = Integer.toString(SIZE);
        lab.run(host, "ip", "link", "set", device, "gso_max_size", size, "gro_max_size", size);
        lab.run(host, "python3", "-c", IPV4_SIZES, device);
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    @ParameterizedTest
    @CsvSource({
        "bigfour, client, 198.18.0.10:80, 198.18.8.1, 200",
        "bigsix, client, [2001:db8::10]:80, 2001:db8:8::1, 200",
        "selffour, online, 127.0.0.1:80, 127.0.0.1, 1",
        "selfsix, online, [::1]:80, ::1, 1"
    })
    void deliversUploads(String run, String host, String target, String from, String clients) {
        Path sums = mirror.lab().folder().resolve(run + ".sums");
        Mirror.Mark mark = mirror.mark();
        LoadResult load;
        try (LoadProcess process = LoadProcess.startOn(
                host,
                mirror.lab(),
                "--run",
                run,
                "--style",
                "SHORT",
                "--target",
                target,
                "--from",
                from,
                "--clients",
                clients,
                "--connections",
                "2",
                "--count",
                "8",
                "--sizes",
                "4000000",
                "--bodies",
                sums.toString())) {
            load = process.await(LIMIT);
        }

        assertThat(load.answered()).as("answered online: %s", load).isEqualTo(8);
        Await.happens(LIMIT, () -> arrived(mark).size() >= 8);
        assertThat(arrived(mark)).as(Expect.state(mirror)).hasSize(8);
        assertThat(Bodies.ofLog(arrived(mark))).isEqualTo(Bodies.ofFile(sums)).hasSize(8);
        assertThat(mirror.leaks()).as("packets that reached clients").isZero();
        Expect.balancedBooks(mirror);
    }

    private static List<AccessLog.Line> arrived(Mirror.Mark mark) {
        return mirror.lab().realServers().stream()
                .flatMap(server -> mirror.serverLines(mark, server).stream())
                .toList();
    }
}
