// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpPacketTest {
    private static final int TCP = IpPacket.PROTOCOL_TCP;

    private final IpPacket packet = new IpPacket();

    private static SegmentBuilder ipv4() {
        return segment("198.18.8.1", 4321, "198.18.1.200", 80);
    }

    private static SegmentBuilder ipv6() {
        return segment("2001:db8::1", 4321, "2001:db8::2", 80);
    }

    private PacketDefect wrap(ByteBuffer b) {
        return packet.wrap(b, 0, b.limit());
    }

    @Test
    void readsIpv4Fields() {
        ByteBuffer b = ipv4().trafficClass(0xb8)
                .hopLimit(200)
                .identification(0xfedc)
                .mss(1460)
                .payload("body")
                .build();

        assertThat(wrap(b)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.isIpv6()).isFalse();
        assertThat(Addresses.text(packet.sourceHi(), packet.sourceLo(), packet.sourcePort()))
                .isEqualTo("198.18.8.1:4321");
        assertThat(Addresses.text(packet.destinationHi(), packet.destinationLo(), packet.destinationPort()))
                .isEqualTo("198.18.1.200:80");
        assertThat(packet.trafficClass()).isEqualTo(0xb8);
        assertThat(packet.hopLimit()).isEqualTo(200);
        assertThat(packet.identification()).isEqualTo(0xfedc);
        assertThat(packet.isDontFragment()).isTrue();
        assertThat(packet.flowLabel()).isZero();
        assertThat(packet.tcpOffset()).isEqualTo(20);
        assertThat(packet.ipHeaderLength()).isEqualTo(20);
        assertThat(packet.payloadOffset()).isEqualTo(44);
        assertThat(packet.payloadLength()).isEqualTo(4);
        assertThat(packet.totalLength()).isEqualTo(48);
    }

    @Test
    void readsIpv6Fields() {
        ByteBuffer b = ipv6().trafficClass(0xb8)
                .flowLabel(0xfedcb)
                .hopLimit(200)
                .payload("body")
                .build();

        assertThat(wrap(b)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.isIpv6()).isTrue();
        assertThat(Addresses.text(packet.sourceHi(), packet.sourceLo(), packet.sourcePort()))
                .isEqualTo("[2001:db8::1]:4321");
        assertThat(Addresses.text(packet.destinationHi(), packet.destinationLo(), packet.destinationPort()))
                .isEqualTo("[2001:db8::2]:80");
        assertThat(packet.trafficClass()).isEqualTo(0xb8);
        assertThat(packet.flowLabel()).isEqualTo(0xfedcb);
        assertThat(packet.hopLimit()).isEqualTo(200);
        assertThat(packet.identification()).isZero();
        assertThat(packet.isDontFragment()).isTrue();
        assertThat(packet.payloadLength()).isEqualTo(4);
        assertThat(packet.totalLength()).isEqualTo(64);
    }

    @Test
    void skipsIpv4Options() {
        ByteBuffer b =
                ipv4().ipOptions(1, 1, 1, 0).mayFragment().payload("body").build();

        assertThat(wrap(b)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.ipHeaderLength()).isEqualTo(24);
        assertThat(packet.destinationPort()).isEqualTo(80);
        assertThat(packet.isDontFragment()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 43, 60})
    void skipsIpv6ExtensionHeaders(int kind) {
        ByteBuffer b = ipv6().ipExtension(
                        kind, 60, 0, 1, 4, 0, 0, 0, 0, TCP, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
                .payload("body")
                .build();

        assertThat(wrap(b)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.ipHeaderLength()).isEqualTo(64);
        assertThat(packet.destinationPort()).isEqualTo(80);
        assertThat(packet.payloadLength()).isEqualTo(4);
    }

    @Test
    void refusesIpv6ExtensionHeadersThatRunPastThePacket() {
        ByteBuffer b = ipv6().ipExtension(0, TCP, 255, 1, 4, 0, 0, 0, 0).build();

        assertThat(wrap(b)).isEqualTo(PacketDefect.BAD_IP_LENGTH);
    }

    @Test
    void refusesMoreThanEightIpv6ExtensionHeaders() {
        int[] chain = new int[9 * 8];
        for (int i = 0; i < 9; i++) {
            chain[8 * i] = i < 8 ? 60 : TCP;
        }

        assertThat(wrap(ipv6().ipExtension(60, chain).build())).isEqualTo(PacketDefect.NOT_TCP);
    }

    @Test
    void ignoresEthernetPadding() {
        ByteBuffer b = ByteBuffer.allocate(60).put(0, ipv4().build(), 0, 40);

        assertThat(wrap(b)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.payloadLength()).isZero();
        assertThat(packet.totalLength()).isEqualTo(40);
    }

    @Test
    void theFrameTellsWhereALengthIsLeftToTheDevice() {
        ByteBuffer b = ipv4().payload("body").build().putShort(2, (short) 0);

        assertThat(wrap(b)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.payloadLength()).isEqualTo(4);
        assertThat(packet.wrapHeaders(b, 0, b.limit() - 3, b.limit())).isEqualTo(PacketDefect.NONE);
        assertThat(packet.totalLength()).isEqualTo(b.limit());
    }

    @Test
    void wrapsAtAnyIndex() {
        ByteBuffer b = ByteBuffer.allocate(100);
        int length = ipv4().payload("body").write(b, 11);

        assertThat(packet.wrap(b, 11, length)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.offset()).isEqualTo(11);
        assertThat(packet.payloadOffset()).isEqualTo(51);
        assertThat(packet.totalLength()).isEqualTo(44);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 19, 20, 39, 40, 43, 49})
    void saysWhenBytesAreMissing(int length) {
        ByteBuffer v4 = ipv4().mss(1460).payload("bodies").build();
        ByteBuffer v6 = ipv6().payload("b").build();

        assertThat(packet.wrap(v4.limit(length), 0, length)).isEqualTo(PacketDefect.TRUNCATED);
        assertThat(packet.wrap(v6.limit(length), 0, length)).isEqualTo(PacketDefect.TRUNCATED);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0x55, BAD_VERSION",
        "0, 0x44, BAD_IP_LENGTH", // header of 16 bytes
        "0, 0x4f, BAD_IP_LENGTH", // header of 60 bytes in a packet of 44
        "3, 19, BAD_IP_LENGTH",
        "3, 39, BAD_IP_LENGTH",
        "6, 0x20, FRAGMENT", // the first
        "7, 0x01, FRAGMENT", // a later one
        "9, 17, NOT_TCP",
        "32, 0x40, BAD_DATA_OFFSET",
        "32, 0x70, BAD_DATA_OFFSET",
        "32, 0xf0, BAD_DATA_OFFSET"
    })
    void namesIpv4Defects(int index, String value, PacketDefect defect) {
        ByteBuffer b = ipv4().payload("body").build();
        b.put(index, Integer.decode(value).byteValue());

        assertThat(wrap(b)).isEqualTo(defect);
    }

    @ParameterizedTest
    @CsvSource({"6, 17, NOT_TCP", "5, 19, BAD_IP_LENGTH", "52, 0x40, BAD_DATA_OFFSET"})
    void namesIpv6Defects(int index, String value, PacketDefect defect) {
        ByteBuffer b = ipv6().payload("body").build();
        b.put(index, Integer.decode(value).byteValue());

        assertThat(wrap(b)).isEqualTo(defect);
    }

    @Test
    void takesAtomicFragmentsForWholePackets() {
        ByteBuffer atomic =
                Fragments.of(ipv6().payload("body").build(), 1_280, 7).get(0);
        ByteBuffer datagram = DatagramBuilder.datagram("2001:db8::1", 4321, "2001:db8::2", 53, "question");
        ByteBuffer atomicDatagram = Fragments.of(datagram, 1_280, 7).get(0);

        assertThat(wrap(atomic)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.payloadLength()).isEqualTo(4);
        assertThat(packet.ipHeaderLength()).isEqualTo(48);
        assertThat(packet.wrapDatagram(atomicDatagram, 0, atomicDatagram.limit(), atomicDatagram.limit()))
                .isEqualTo(PacketDefect.NONE);
    }

    @Test
    void namesFragmentsOfIpv6() {
        for (ByteBuffer fragment : Fragments.of(ipv6().payload(2_000).build(), 1_280, 7)) {
            assertThat(wrap(fragment)).isEqualTo(PacketDefect.FRAGMENT);
        }
    }

    /** RFC 4291 2.5.5.2 keeps them off the wire and Linux drops them (ip6_rcv_core); here they would pass for IPv4. */
    @ParameterizedTest
    @ValueSource(ints = {8, 24})
    void refusesIpv4MappedAddressesInIpv6(int addressAt) {
        ByteBuffer b = ipv6().build();
        b.putLong(addressAt, 0).putLong(addressAt + 8, 0x0000ffff_c6120801L);

        assertThat(wrap(b)).isEqualTo(PacketDefect.BAD_ADDRESS);
    }

    @Test
    void takesLengthOfSuperSegmentsFromTheWire() {
        ByteBuffer v4 = ipv4().payload(70_000).build();
        ByteBuffer v6 = ipv6().payload(70_000).build();

        assertThat(v4.getShort(2)).isZero();
        assertThat(wrap(v4)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.payloadLength()).isEqualTo(70_000);
        assertThat(wrap(v6)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.payloadLength()).isEqualTo(70_000);
    }

    @Test
    void takesLengthOfCutSuperSegmentsFromTheWire() {
        ByteBuffer v4 = ipv4().payload(70_000).build().limit(128);
        ByteBuffer v6 = ipv6().payload(70_000).build().limit(128);

        assertThat(packet.wrapHeaders(v4, 0, 128, 70_040)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.payloadLength()).isEqualTo(70_000);
        assertThat(packet.wrapHeaders(v6, 0, 128, 70_060)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.payloadLength()).isEqualTo(70_000);
    }

    /** Linux announces no length only where 16 bits cannot hold it. */
    @Test
    void refusesZeroLengthInIpv6PacketsThatFitIt() {
        assertThat(wrap(ipv6().payload(1000).build().putShort(4, (short) 0))).isEqualTo(PacketDefect.BAD_IP_LENGTH);
    }

    @Test
    void readsHeadersOfCutPackets() {
        ByteBuffer b = ipv4().mss(1460).payload(1000).build().limit(44);

        assertThat(packet.wrapHeaders(b, 0, 44, 1044)).isEqualTo(PacketDefect.NONE);
        assertThat(packet.payloadLength()).isEqualTo(1000);
        assertThat(packet.totalLength()).isEqualTo(1044);
        assertThat(packet.wrapHeaders(b, 0, 43, 1044)).isEqualTo(PacketDefect.TRUNCATED);
    }

    /** Linux drops a packet that announces more than it brought (ip_rcv_core). */
    @Test
    void refusesHeadersThatAnnounceMoreThanWasOnTheWire() {
        ByteBuffer b = ipv4().payload(1000).build();

        assertThat(packet.wrapHeaders(b, 0, 128, 1039)).isEqualTo(PacketDefect.TRUNCATED);
    }

    @Test
    void refusesLittleEndianBuffers() {
        ByteBuffer b = ipv4().build().order(ByteOrder.LITTLE_ENDIAN);

        assertThatThrownBy(() -> wrap(b)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"198.18.8.1, 198.18.1.200, 20", "2001:db8::1, 2001:db8::2, 40"})
    void readsDatagrams(String client, String target, int header) {
        ByteBuffer b = DatagramBuilder.datagram(client, 4321, target, 53, "question");

        assertThat(wrap(b)).isEqualTo(PacketDefect.NOT_TCP);
        assertThat(packet.wrapDatagram(b, 0, b.limit(), b.limit())).isEqualTo(PacketDefect.NONE);
        assertThat(Addresses.text(packet.sourceHi(), packet.sourceLo(), packet.sourcePort()))
                .contains(client)
                .endsWith(":4321");
        assertThat(packet.destinationPort()).isEqualTo(53);
        assertThat(packet.payloadOffset()).isEqualTo(header + 8);
        assertThat(packet.payloadLength()).isEqualTo(8);
        assertThat(packet.totalLength()).isEqualTo(b.limit());
        assertThat(packet.wrapDatagram(b, 0, b.limit() - 1, b.limit() - 1)).isEqualTo(PacketDefect.TRUNCATED);
        assertThat(packet.wrapDatagram(b.putShort(header + 4, (short) 7), 0, b.limit(), b.limit()))
                .isEqualTo(PacketDefect.BAD_IP_LENGTH);
        assertThat(packet.wrapDatagram(b.putShort(header + 4, (short) 17), 0, b.limit(), b.limit()))
                .isEqualTo(PacketDefect.BAD_IP_LENGTH);
        ByteBuffer tcp = ipv4().build();
        assertThat(packet.wrapDatagram(tcp, 0, tcp.limit(), tcp.limit())).isEqualTo(PacketDefect.NOT_TCP);
    }
}
