// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import static drcopy.copier.offline.TestCapture.client;
import static drcopy.copier.offline.TestCapture.plan;
import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.wire.Fragments;
import drcopy.wire.SegmentBuilder;
import drcopy.wire.TcpFlags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DryRunTest {
    @TempDir
    private Path folder;

    private TestCapture capture;

    @BeforeEach
    void create() {
        capture = new TestCapture(folder.resolve("capture.pcap"));
    }

    private static List<String> report(Path file) {
        return report(file, TestCapture.TRANSFERS.toString());
    }

    private static List<String> report(Path file, String transfer) {
        try (DryRun look = new DryRun(plan(file, 1, 0, 1), new Transfers(List.of(Transfer.parse(transfer))))) {
            look.run();
            return look.report().stream().skip(1).map(String::strip).toList();
        }
    }

    @Test
    void countsSessionsRequestsAndBytes() {
        capture.session(1).after(2_500).session(2);
        capture.add(client(2).psh().seq(1_001).ack(9_001).payload(10));

        assertThat(report(capture.written()))
                .containsExactly("198.18.0.10:80-198.18.1.200:80", "2  sessions", "2  requests", "20  bytes");
    }

    @Test
    void aRequestBeginsWhereTheClientHasSeenMore() {
        capture.add(client(1).syn().seq(0));
        capture.add(client(1).seq(1).ack(1).payload(1_460));
        capture.add(client(1).psh().seq(1_461).ack(1).payload(40));
        capture.add(client(1).psh().seq(1_501).ack(500).payload(100));

        assertThat(report(capture.written())).contains("1  sessions", "2  requests", "1,600  bytes");
    }

    @Test
    void sessionsWithoutSynAreJoinedAtARequest() {
        capture.add(client(1).psh().seq(1).ack(1).payload(50));
        capture.add(client(1).psh().seq(51).ack(200).payload(60));
        capture.add(client(2).psh().seq(1).ack(1).payload(70));

        assertThat(report(capture.written()))
                .containsExactly(
                        "198.18.0.10:80-198.18.1.200:80",
                        "1  sessions, 1 of them joined at a request",
                        "1  requests",
                        "60  bytes",
                        "2  segments (120 bytes) not replayed, NO_SESSION: their SYN was not captured, and no request"
                                + " begins before them");
    }

    @Test
    void multipathTcpIsLeftOut() {
        capture.session(1);
        capture.add(client(2).syn().seq(0).option(30, 0x01, 0x81));
        capture.add(client(2).seq(1).ack(1).option(30, 0x01, 0x81, 1, 2, 3, 4, 5, 6, 7, 8));
        capture.add(client(2).psh().seq(1).ack(1).payload(70));
        capture.add(client(3).syn().seq(0).option(30, 0x10, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        capture.add(client(3).psh().seq(1).ack(1).payload(80));
        capture.add(
                client(4).psh().seq(1).ack(1).option(30, 0x20, 1, 2, 3, 4, 5).payload(90));

        assertThat(report(capture.written()))
                .contains("1  sessions", "1  requests", "10  bytes")
                .anyMatch(line -> line.startsWith("3  sessions not replayed, MPTCP: "));
    }

    @Test
    void holesAreSeenAndReorderingIsNone() {
        capture.add(client(1).syn().seq(0)).add(client(1).psh().seq(11).ack(1).payload(10));
        capture.add(client(1).psh().seq(1).ack(1).payload(10));
        capture.add(client(2).syn().seq(0)).add(client(2).psh().seq(11).ack(1).payload(10));

        assertThat(report(capture.written()))
                .contains("30  bytes", "1  sessions not whole, CAPTURE_GAP: packets of the client's are missing");
    }

    @Test
    void severalHolesOfASessionFillOneByOne() {
        capture.add(client(1).syn().seq(0)).add(client(1).psh().seq(11).ack(1).payload(10));
        capture.add(client(1).psh().seq(51).ack(1).payload(10));
        capture.add(client(1).psh().seq(31).ack(1).payload(10));
        capture.add(client(1).psh().seq(1).ack(1).payload(31));
        assertThat(report(capture.written()))
                .contains("50  bytes", "1  sessions not whole, CAPTURE_GAP: packets of the client's are missing");

        capture = new TestCapture(folder.resolve("whole.pcap"));
        capture.add(client(1).syn().seq(0)).add(client(1).psh().seq(11).ack(1).payload(10));
        capture.add(client(1).psh().seq(31).ack(1).payload(10));
        capture.add(client(1).psh().seq(21).ack(1).payload(10));
        capture.add(client(1).psh().seq(1).ack(1).payload(10));
        assertThat(report(capture.written())).contains("40  bytes").noneMatch(line -> line.contains("not whole"));
    }

    @Test
    void fragmentsArePutTogether() {
        capture.add(client(1).syn().seq(0));
        ByteBuffer request = client(1).psh().seq(1).ack(1).payload(3_000).build();
        Fragments.of(request, 1_400, 7).forEach(capture::add);
        capture.add(Fragments.of(request, 1_400, 8).get(0));

        assertThat(report(capture.written()))
                .contains(
                        "1  requests",
                        "3,000  bytes",
                        "1  segments not replayed, FRAGMENT: it came in fragments that could not be put together");
    }

    @Test
    void atomicFragmentsAreWholePackets() {
        SegmentBuilder client = SegmentBuilder.segment("2001:db8:8::1", 4321, "2001:db8::10", 80);
        capture.add(Fragments.of(client.syn().seq(0).build(), 1_280, 1).get(0));
        ByteBuffer request =
                client.flags(TcpFlags.PSH).seq(1).ack(1).payload(500).build();
        Path file = capture.add(Fragments.of(request, 1_280, 2).get(0)).written();

        assertThat(report(file, "[2001:db8::10]:80-[2001:db8:1::200]:80")).contains("1  requests", "500  bytes");
    }

    @Test
    void whatTheCaptureCutIsCounted() throws IOException {
        Path file = capture.session(1).written();
        byte[] bytes = Files.readAllBytes(file);
        int third = 24 + 2 * (16 + 40) + 16;
        ByteBuffer.wrap(bytes).putInt(third - 8, 45);
        byte[] cut = new byte[bytes.length - 5];
        System.arraycopy(bytes, 0, cut, 0, third + 45);
        System.arraycopy(bytes, third + 50, cut, third + 45, bytes.length - third - 50);
        Files.write(file, cut);

        assertThat(report(file))
                .contains("0  requests", "1  segments not replayed, SNAPPED: the capture kept only part of it");
    }

    @Test
    void whatWasDamagedOnTheWayIsCounted() {
        capture.add(client(1).syn().seq(0))
                .damaged(client(1).psh().seq(1).ack(1).payload(10));
        capture.add(client(1).psh().seq(1).ack(1).payload(10));

        assertThat(report(capture.written()))
                .contains("1  requests", "10  bytes")
                .contains(
                        "1  segments not replayed, BAD_CHECKSUM: its checksum is wrong, so online did not take it either");
    }

    @Test
    void wrongSumsOfAWholeCaptureTellNothing() {
        capture.damaged(client(1).syn().seq(0))
                .damaged(client(1).psh().seq(1).ack(1).payload(10));

        assertThat(report(capture.written()))
                .contains("1  requests", "10  bytes")
                .contains("2 segments replayed although their checksum is wrong, as most of their client's are");
    }

    @Test
    void aFrameThatIsNoIpPacketIsOfNoSession() throws IOException {
        ByteBuffer segment = ByteBuffer.allocate(2_048);
        int length = client(1).psh().seq(1).ack(1).payload(10).write(segment, 0);
        ByteBuffer bytes = ByteBuffer.allocate(4_096).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putLong(0);
        bytes.putInt(65_535).putInt(1);
        frame(bytes, 0x0800, segment.array(), length);
        frame(bytes, 0x0806, new byte[28], 28);
        Path file = folder.resolve("arp.pcap");
        Files.write(file, Arrays.copyOf(bytes.array(), bytes.position()));

        assertThat(report(file))
                .contains("1 frames without IP")
                .anyMatch(line -> line.startsWith("1  segments (10 bytes) not replayed, NO_SESSION"));
    }

    private static void frame(ByteBuffer file, int etherType, byte[] packet, int length) {
        file.putLong(0).putInt(14 + length).putInt(14 + length).put(new byte[12]);
        file.put((byte) (etherType >> 8)).put((byte) etherType).put(packet, 0, length);
    }
}
