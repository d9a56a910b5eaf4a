// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.SegmentView;
import drcopy.wire.Addresses;
import drcopy.wire.DatagramBuilder;
import drcopy.wire.Fragments;
import drcopy.wire.SegmentBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CaptureStageTest {
    private final Ledger ledger = new Ledger();
    private final List<String> seen = new ArrayList<>();
    private int sampled;
    private int datagrams;
    private ClientAddresses loopback = ClientAddresses.none();

    private CaptureStage stage(String transfers, String clients, int percent) {
        Transfers parsed = new Transfers(
                Stream.of(transfers.split(",")).map(Transfer::parse).toList());
        ClientAddresses replacing =
                clients.isEmpty() ? ClientAddresses.none() : ClientAddresses.parse(List.of(clients));
        SegmentHandler handler = new SegmentHandler() {
            @Override
            public void onClientSegment(SegmentView s) {
                sampled += s.isSampled ? 1 : 0;
                seen.add(Addresses.text(s.sourceHi, s.sourceLo) + " as " + s.key + " to "
                        + Addresses.text(s.target.hi(), s.target.lo(), s.target.port()) + " with "
                        + s.packet.payloadLength());
            }

            @Override
            public void onClientDatagram(SegmentView s) {
                datagrams++;
            }
        };
        return new CaptureStage(parsed, replacing, loopback, new Sample(percent, Duration.ZERO), ledger, handler);
    }

    private static void give(CaptureStage stage, ByteBuffer packet) {
        int length = packet.remaining();
        stage.onPacket(packet, packet.position(), length, length, 0);
    }

    private static ByteBuffer request(String client, int port, String online, int onlinePort) {
        return SegmentBuilder.segment(client, port, online, onlinePort)
                .psh()
                .payload("GET /")
                .build();
    }

    @Test
    void handsOverAClientsSegmentWithItsTarget() {
        give(stage("80-198.18.1.200:8080", "", 100), request("198.18.8.1", 4321, "198.18.0.10", 80));

        assertThat(seen).containsExactly("198.18.8.1 as 198.18.8.1:4321>198.18.0.10:80 to 198.18.1.200:8080 with 5");
    }

    @Test
    void givesTheClientItsReplacement() {
        give(stage("80-198.18.1.200:80", "198.18.9.9", 100), request("198.18.8.1", 4321, "198.18.0.10", 80));
        give(stage("80-198.18.1.200:80", "198.18.9.9", 100), request("2001:db8::1", 4321, "2001:db8::2", 80));

        assertThat(seen).hasSize(2).allMatch(s -> s.startsWith("198.18.9.9 as "));
    }

    @Test
    void givesClientsOnTheLoopbackAnAddressThatCanBeAnswered() {
        give(stage("80-198.18.1.200:80", "", 100), request("127.0.0.1", 4321, "127.0.0.1", 80));
        loopback = ClientAddresses.parse(List.of("198.18.9.7"));
        give(stage("80-198.18.1.200:80", "", 100), request("127.0.0.1", 4321, "127.0.0.1", 80));
        give(stage("80-198.18.1.200:80", "", 100), request("198.18.8.1", 4321, "198.18.0.10", 80));
        give(stage("80-127.0.0.1:81", "", 100), request("127.0.0.1", 4321, "127.0.0.1", 80));

        assertThat(ledger.droppedSegments(DropReason.NO_ADDRESS)).isOne();
        assertThat(seen)
                .containsExactly(
                        "198.18.9.7 as 127.0.0.1:4321>127.0.0.1:80 to 198.18.1.200:80 with 5",
                        "198.18.8.1 as 198.18.8.1:4321>198.18.0.10:80 to 198.18.1.200:80 with 5",
                        "127.0.0.1 as 127.0.0.1:4321>127.0.0.1:80 to 127.0.0.1:81 with 5");
    }

    @Test
    void ignoresReplicasThatThisHostReceives() {
        CaptureStage stage = stage("80-198.18.0.10:80,81-198.18.0.10:82", "", 100);

        give(stage, request("198.18.8.1", 4321, "198.18.0.10", 80));
        give(stage, request("198.18.8.1", 4321, "198.18.0.10", 82));

        assertThat(seen).isEmpty();
        assertThat(ledger.value(CopierCounter.SEGMENTS_CAPTURED)).isZero();
    }

    @Test
    void ignoresOtherServicesAndFamiliesThatCannotBeReplayed() {
        CaptureStage stage = stage("80-198.18.1.200:80", "", 100);

        give(stage, request("198.18.8.1", 4321, "198.18.0.10", 81));
        give(stage, request("2001:db8::1", 4321, "2001:db8::2", 80));

        assertThat(seen).isEmpty();
        assertThat(ledger.value(CopierCounter.SEGMENTS_CAPTURED)).isZero();
    }

    @Test
    void booksWhatTheCaptureCutShort() {
        ByteBuffer packet = request("198.18.8.1", 4321, "198.18.0.10", 80);

        stage("80-198.18.1.200:80", "", 100).onPacket(packet, packet.position(), 42, packet.remaining(), 0);

        assertThat(seen).isEmpty();
        assertThat(ledger.droppedSegments(DropReason.SNAPPED)).isOne();
        assertThat(ledger.imbalance()).isZero();
    }

    @Test
    void booksMalformedSegments() {
        ByteBuffer packet = request("198.18.8.1", 4321, "198.18.0.10", 80);
        packet.put(packet.position() + 32, (byte) 0x10);

        give(stage("80-198.18.1.200:80", "", 100), packet);

        assertThat(seen).isEmpty();
        assertThat(ledger.droppedSegments(DropReason.MALFORMED)).isOne();
        assertThat(ledger.imbalance()).isZero();
    }

    /** Of a packet that the kernel has not verified. */
    private static void giveUnverified(CaptureStage stage, ByteBuffer packet) {
        int length = packet.limit();
        stage.onUnverified(packet, 0, length, length, 0);
    }

    @Test
    void whatWasDamagedOnTheWayIsKeptFromTheEngine() {
        CaptureStage stage = stage("80-198.18.1.200:80", "", 100).withDatagrams();
        ByteBuffer damaged = request("198.18.8.1", 4321, "198.18.0.10", 80);
        damaged.put(damaged.limit() - 1, (byte) '!');
        ByteBuffer datagram = DatagramBuilder.datagram("198.18.8.1", 4321, "198.18.0.10", 80, "query");
        datagram.put(datagram.limit() - 1, (byte) '!');

        giveUnverified(stage, damaged);
        giveUnverified(stage, datagram);
        giveUnverified(stage, request("198.18.8.1", 4321, "198.18.0.10", 80));

        assertThat(seen).hasSize(1);
        assertThat(ledger.droppedSegments(DropReason.BAD_CHECKSUM)).isOne();
        assertThat(ledger.droppedBytes(DropReason.BAD_CHECKSUM)).isEqualTo(5);
        assertThat(ledger.droppedDatagrams(DropReason.BAD_CHECKSUM)).isOne();
        assertThat(ledger.imbalance()).isZero();
    }

    @Test
    void whatTheKernelVouchesForIsNotSummed() {
        ByteBuffer partial = request("198.18.8.1", 4321, "198.18.0.10", 80);
        partial.putShort(20 + 16, (short) 0);

        give(stage("80-198.18.1.200:80", "", 100), partial);

        assertThat(seen).hasSize(1);
    }

    @Test
    void whereTheLengthIsLeftToTheDeviceTheFrameTells() {
        CaptureStage stage = stage("80-198.18.1.200:80", "", 100);
        ByteBuffer packet = request("198.18.8.1", 4321, "198.18.0.10", 80).putShort(2, (short) 0);

        give(stage, packet);
        stage.onPacket(packet, 0, packet.limit() - 1, packet.limit(), 0);

        assertThat(seen).singleElement().asString().endsWith("with 5");
        assertThat(ledger.droppedSegments(DropReason.SNAPPED)).isOne();
    }

    private static List<ByteBuffer> fragments(String client, String online, int onlinePort) {
        ByteBuffer segment = SegmentBuilder.segment(client, 4321, online, onlinePort)
                .psh()
                .payload(3_000)
                .build();
        return Fragments.of(segment, 1_400, 7);
    }

    @Test
    void putsFragmentsTogether() {
        CaptureStage stage = stage("198.18.0.10:80-198.18.1.200:80,[2001:db8::2]:80-[2001:db8::9]:80", "", 100)
                .withDatagrams();
        ByteBuffer datagram = DatagramBuilder.datagram("198.18.8.1", 4321, "198.18.0.10", 80, "question".repeat(300));

        fragments("198.18.8.1", "198.18.0.10", 80).forEach(fragment -> give(stage, fragment));
        fragments("2001:db8::1", "2001:db8::2", 80).forEach(fragment -> give(stage, fragment));
        Fragments.of(datagram, 1_400, 7).forEach(fragment -> give(stage, fragment));

        assertThat(seen).hasSize(2).allMatch(s -> s.endsWith("with 3000"));
        assertThat(datagrams).isOne();
        assertThat(ledger.imbalance()).isZero();
    }

    @Test
    void booksWhatItsFragmentsDoNotMakeWhole() {
        CaptureStage stage = stage("198.18.0.10:80-198.18.1.200:80", "", 100);
        stage.tick(0);
        give(stage, fragments("198.18.8.1", "198.18.0.10", 80).get(0));
        give(stage, fragments("198.18.8.2", "198.18.0.10", 80).get(1));
        give(stage, fragments("198.18.8.3", "198.18.0.10", 81).get(0));
        stage.tick(30_000_000_000L);

        assertThat(seen).isEmpty();
        assertThat(ledger.droppedSegments(DropReason.FRAGMENT)).isEqualTo(2);
        assertThat(ledger.imbalance()).isZero();
    }

    /** The connection may be another shard's. */
    @Test
    void aShardAmongOthersSendsNoSegmentThatItPutTogether() {
        CaptureStage stage = stage("[2001:db8::2]:80-[2001:db8::9]:80", "", 100).besideOthers();

        fragments("2001:db8::1", "2001:db8::2", 80).forEach(fragment -> give(stage, fragment));
        give(stage, request("2001:db8::1", 4321, "2001:db8::2", 80));

        assertThat(seen).hasSize(1);
        assertThat(ledger.droppedSegments(DropReason.FRAGMENT)).isOne();
    }

    @Test
    void samplesSessionsWithinAPointForSequentialPorts() {
        CaptureStage stage = stage("80-198.18.1.200:80", "", 20);

        for (int port = 10_000; port < 20_000; port++) {
            give(stage, request("198.18.8.1", port, "198.18.0.10", 80));
        }

        assertThat(seen.size()).isEqualTo(10_000);
        assertThat(sampled / 100.0).isCloseTo(20, within(1.0));
    }
}
