// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.Latencies;
import drcopy.lab.load.LoadResult;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One connection as fast as one client can drive it: the loop response, interceptor, copier, next request is what limits it. The
 * director is this kernel: IPVS in user-mode-linux takes as long for a packet as the whole loop (80 us, 3 ms now and then).
 */
@Tag("lab")
class FastConnectionTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.HMARK);
        Mirror.Mark mark = mirror.mark();
        LoadResult warmUp =
                mirror.load(LIMIT, "--run", "warm", "--rate", "4000", "--connections", "8", "--count", "20000");
        Expect.whole(mirror, mark, warmUp, LIMIT);
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    /** 20,000 requests at 10,000 a second; with drcopy.lab.scale=2.5 the full 50,000. How long they take is printed. */
    @Test
    void deliversTenThousandASecondInOrder() {
        Mirror.Mark mark = mirror.mark();

        LoadResult load = mirror.load(
                LIMIT, "--run", "fast", "--rate", "10000", "--connections", "1", "--count", Expect.count(20_000));
        Comparison comparison = Expect.whole(mirror, mark, load, LIMIT);

        assertThat(comparison.share().values()).filteredOn(count -> count > 0).hasSize(1);
        String host = comparison.share().entrySet().stream()
                .filter(share -> share.getValue() > 0)
                .findFirst()
                .orElseThrow()
                .getKey();
        List<String> arrived =
                mirror.serverLines(mark, host).stream().map(AccessLog.Line::uri).toList();
        List<String> sent =
                mirror.onlineLines(mark).stream().map(AccessLog.Line::uri).toList();
        assertThat(arrived).as("order of cause").isEqualTo(sent);
        System.out.printf(
                Locale.ROOT,
                "one connection: the last request arrived %.1f s after the last at online; %d segments were sent again%n",
                lastSeconds(mirror.serverLines(mark, host)) - lastSeconds(mirror.onlineLines(mark)),
                mirror.copier().metric("retransmits_total"));
    }

    private static double lastSeconds(List<AccessLog.Line> lines) {
        return lines.get(lines.size() - 1).seconds();
    }

    /** Requests follow each other while the client is ahead of the target, so each waits for the loop alone. */
    @Test
    void measuresTheLoopFromResponseToNextRequest() {
        List<Capture> captures = new ArrayList<>();
        try {
            for (String host : mirror.lab().realServers()) {
                captures.add(Capture.start(mirror.lab(), host, "loop-" + host, "tcp port 80 and host " + Lab.VIP));
            }
            Mirror.Mark mark = mirror.mark();
            LoadResult load =
                    mirror.load(LIMIT, "--run", "loop", "--rate", "8000", "--connections", "1", "--count", "8000");
            Expect.whole(mirror, mark, load, LIMIT);

            Latencies loops = new Latencies();
            captures.forEach(capture -> measure(capture, loops));
            System.out.printf(
                    Locale.ROOT,
                    "response out to next request in, one connection: %d loops, p50 %d us, p99 %d us%n",
                    loops.count(),
                    loops.percentileNs(50) / 1000,
                    loops.percentileNs(99) / 1000);
            assertThat(loops.count()).isGreaterThan(4000);
        } finally {
            captures.forEach(Capture::close);
        }
    }

    private static void measure(Capture capture, Latencies loops) {
        IpPacket packet = new IpPacket();
        long[] responseNs = {0};
        capture.read((ns, isOutgoing, length, bytes) -> {
            if (packet.wrapHeaders(bytes, 0, bytes.limit(), length) != PacketDefect.NONE
                    || packet.payloadLength() == 0) {
                return;
            }
            if (isOutgoing) {
                responseNs[0] = ns;
            } else if (responseNs[0] != 0) {
                loops.record(ns - responseNs[0]);
                responseNs[0] = 0;
            }
        });
    }
}
