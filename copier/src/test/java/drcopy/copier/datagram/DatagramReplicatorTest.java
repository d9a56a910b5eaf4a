// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.capture.CaptureStage;
import drcopy.copier.capture.Sample;
import drcopy.copier.capture.SegmentHandler;
import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.SegmentSink;
import drcopy.copier.session.SegmentView;
import drcopy.wire.Addresses;
import drcopy.wire.DatagramBuilder;
import drcopy.wire.Fragments;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.Reassembly;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** From captured packets to datagrams toward the target, with the capture stage. */
class DatagramReplicatorTest {
    private final Ledger ledger = new Ledger();
    private final List<String> sent = new ArrayList<>();
    private final Set<Integer> identifications = new HashSet<>();
    private final DatagramReplicator replicator = new DatagramReplicator(1500, ledger, new Sink(), 0);

    /** Reads what is sent. */
    private final class Sink implements SegmentSink {
        private final ByteBuffer room = ByteBuffer.allocate(65_536);
        private final IpPacket packet = new IpPacket();
        private final Reassembly arriving = new Reassembly(true, (isDatagram, hi, lo, port) -> {
            throw new AssertionError("a fragment is missing");
        });

        @Override
        public ByteBuffer claim() {
            return room;
        }

        @Override
        public void commit(int length) {
            assertThat(length).isLessThanOrEqualTo(1_500);
            PacketDefect defect = packet.wrapDatagram(room, 0, length, length);
            if (defect == PacketDefect.FRAGMENT) {
                if (arriving.add(room, 0, length)) {
                    ByteBuffer whole = ByteBuffer.allocate(arriving.length());
                    whole.put(0, arriving.buffer(), arriving.offset(), arriving.length());
                    assertThat(packet.wrapDatagram(whole, 0, whole.limit(), whole.limit()))
                            .isEqualTo(PacketDefect.NONE);
                    note(whole);
                }
                return;
            }
            assertThat(defect).isEqualTo(PacketDefect.NONE);
            note(room);
        }

        private void note(ByteBuffer b) {
            int udp = packet.tcpOffset();
            assertThat(DatagramBuilder.checksum(b, udp, packet.totalLength() - udp))
                    .as("checksum")
                    .isZero();
            assertThat(packet.hopLimit()).as("captured with 60").isEqualTo(64);
            if (Addresses.isIpv4(packet.destinationHi(), packet.destinationLo())) {
                assertThat(packet.isDontFragment()).isFalse();
                assertThat(identifications.add(packet.identification()))
                        .as("another identification")
                        .isTrue();
            }
            byte[] payload = new byte[packet.payloadLength()];
            b.get(packet.payloadOffset(), payload);
            sent.add(Addresses.text(packet.sourceHi(), packet.sourceLo(), packet.sourcePort()) + ">"
                    + Addresses.text(packet.destinationHi(), packet.destinationLo(), packet.destinationPort()) + " "
                    + new String(payload, StandardCharsets.UTF_8));
        }
    }

    private CaptureStage stage(String transfers, String clients, int percent) {
        Transfers parsed = new Transfers(
                Stream.of(transfers.split(",")).map(Transfer::parse).toList());
        ClientAddresses replacing =
                clients.isEmpty() ? ClientAddresses.none() : ClientAddresses.parse(List.of(clients));
        return new CaptureStage(
                parsed, replacing, ClientAddresses.none(), new Sample(percent, Duration.ZERO), ledger, handler());
    }

    private SegmentHandler handler() {
        return new SegmentHandler() {
            @Override
            public void onClientSegment(SegmentView segment) {
                throw new AssertionError("a datagram is no segment");
            }

            @Override
            public void onClientDatagram(SegmentView datagram) {
                replicator.onClientDatagram(datagram);
            }
        };
    }

    private static void give(CaptureStage stage, ByteBuffer packet) {
        stage.withDatagrams().onPacket(packet, 0, packet.limit(), packet.limit(), 0);
    }

    private static ByteBuffer question(int port) {
        return DatagramBuilder.datagram("198.18.8.1", port, "198.18.0.10", 53, "q");
    }

    private void assertBooks(long captured, long sentCount, DropReason reason) {
        assertThat(ledger.value(CopierCounter.DATAGRAMS_CAPTURED)).isEqualTo(captured);
        assertThat(ledger.value(CopierCounter.DATAGRAMS_SENT)).isEqualTo(sentCount);
        assertThat(ledger.droppedDatagrams(reason)).isEqualTo(captured - sentCount);
        assertThat(ledger.value(CopierCounter.SEGMENTS_CAPTURED)).isZero();
    }

    @Test
    void keepsTheClientsAddressAndPort() {
        give(stage("53-198.18.1.200:5353", "", 100), question(4321));
        give(
                stage("53-[2001:db8:1::200]:53", "", 100),
                DatagramBuilder.datagram("2001:db8:8::1", 4321, "2001:db8::10", 53, "six"));

        assertThat(sent)
                .containsExactly(
                        "198.18.8.1:4321>198.18.1.200:5353 q", "[2001:db8:8::1]:4321>[2001:db8:1::200]:53 six");
        assertBooks(2, 2, DropReason.NOT_SAMPLED);
    }

    @Test
    void sendsOneOfEachInstanceFromAPortOfItsOwn() {
        replicator.useInstances(0, 1, 2);

        give(stage("53-198.18.1.200:53", "", 100), question(4321));

        assertThat(sent.stream().distinct()).hasSize(3).allMatch(s -> s.endsWith(">198.18.1.200:53 q"));
        assertBooks(3, 3, DropReason.NOT_SAMPLED);
    }

    @Test
    void replacesClientsAddressesAcrossFamilies() {
        give(
                stage("53-198.18.1.200:53", "198.18.9.9", 100),
                DatagramBuilder.datagram("2001:db8:8::1", 4321, "2001:db8::10", 53, "six"));

        assertThat(sent).containsExactly("198.18.9.9:4321>198.18.1.200:53 six");
    }

    @Test
    void samplesByClientAndPort() {
        CaptureStage stage = stage("53-198.18.1.200:53", "", 20);

        for (int port = 10_000; port < 20_000; port++) {
            give(stage, question(port));
        }

        assertThat(sent.size()).isBetween(1900, 2100);
        assertBooks(10_000, sent.size(), DropReason.NOT_SAMPLED);
    }

    @Test
    void sendsInFragmentsWhatDoesNotFitThePath() {
        String text = "0123456789".repeat(300);
        CaptureStage ipv4 = stage("53-198.18.1.200:53", "", 100).withDatagrams();
        CaptureStage ipv6 = stage("53-[2001:db8:1::200]:53", "", 100).withDatagrams();

        for (int round = 0; round < 2; round++) {
            take(ipv4, DatagramBuilder.datagram("198.18.8.1", 4321, "198.18.0.10", 53, text));
            take(ipv6, DatagramBuilder.datagram("2001:db8:8::1", 4321, "2001:db8::10", 53, text));
        }

        assertThat(sent)
                .containsSequence(
                        "198.18.8.1:4321>198.18.1.200:53 " + text, "[2001:db8:8::1]:4321>[2001:db8:1::200]:53 " + text)
                .hasSize(4);
        assertBooks(4, 4, DropReason.FRAGMENT);
    }

    private static void take(CaptureStage stage, ByteBuffer datagram) {
        Fragments.of(datagram, 1_500, 7)
                .forEach(fragment -> stage.onPacket(fragment, 0, fragment.limit(), fragment.limit(), 0));
    }

    @Test
    void booksWhatTheCaptureCutShort() {
        ByteBuffer packet = question(4321);

        stage("53-198.18.1.200:53", "", 100).withDatagrams().onPacket(packet, 0, packet.limit() - 1, packet.limit(), 0);

        assertBooks(1, 0, DropReason.SNAPPED);
    }

    @Test
    void ignoresDatagramsUnlessTheyAreAskedForAndThoseOfOtherServices() {
        CaptureStage stage = stage("53-198.18.1.200:53", "", 100);
        ByteBuffer packet = question(4321);

        stage.onPacket(packet, 0, packet.limit(), packet.limit(), 0);
        give(stage, DatagramBuilder.datagram("198.18.8.1", 4321, "198.18.0.10", 54, "q"));

        assertThat(sent).isEmpty();
        assertBooks(0, 0, DropReason.NOT_SAMPLED);
    }
}
