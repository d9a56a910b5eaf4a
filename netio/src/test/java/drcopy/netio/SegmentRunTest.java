// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.SegmentBuilder;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentRunTest {
    private static final int MTU = 1500;
    private static final int SIZE = 1000;

    private final SegmentRun run = new SegmentRun();

    /** The segment at a place of a stream of {@link #SIZE} bytes each, whose sequence numbers and IDs wrap after the second. */
    private static SegmentBuilder at(int place, boolean isIpv6) {
        SegmentBuilder segment = isIpv6
                ? SegmentBuilder.segment("2001:db8::7", 4000, "2001:db8:99::1", 80)
                : SegmentBuilder.segment("198.18.8.7", 4000, "198.18.99.1", 80);
        return segment.seq(-2 * SIZE + place * SIZE)
                .ack(77)
                .window(500)
                .identification(0xfffe + place & 0xffff)
                .flowLabel(0x12345)
                .trafficClass(0x28)
                .hopLimit(61)
                .timestamps(9, 8)
                .payload(SIZE);
    }

    private static SegmentBuilder at(int place) {
        return at(place, false);
    }

    private void begin(SegmentBuilder segment) {
        run.begin(segment.build(), segment.length(), MTU);
    }

    private boolean add(SegmentBuilder segment) {
        return run.add(segment.build(), segment.length());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatFollowsIsTaken(boolean isIpv6) {
        begin(at(0, isIpv6));

        for (int i = 1; i < 5; i++) {
            assertThat(add(at(i, isIpv6))).isTrue();
        }

        assertThat(run.segments()).isEqualTo(5);
        assertThat(run.segmentSize()).isEqualTo(SIZE);
        assertThat(run.tcpOffset()).isEqualTo(isIpv6 ? 40 : 20);
        assertThat(run.headerLength()).isEqualTo(run.tcpOffset() + 32);
        assertThat(run.isIpv6()).isEqualTo(isIpv6);
    }

    @Test
    void aShorterOneIsTheLast() {
        begin(at(0));

        assertThat(add(at(1).payload(1))).isTrue();
        assertThat(add(at(1).seq(-SIZE + 1).identification(0).payload(1))).isFalse();
        assertThat(run.segments()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {TcpFlags.PSH, TcpFlags.FIN, TcpFlags.PSH | TcpFlags.FIN})
    void pushAndFinishAreTheLast(int flags) {
        begin(at(0));

        assertThat(add(at(1).flags(TcpFlags.ACK | flags))).isTrue();
        assertThat(add(at(2))).isFalse();
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("longer", s -> s.payload(SIZE + 1)),
                change("no payload", s -> s.payload(0)),
                change("a gap", s -> s.seq(-SIZE + 1)),
                change("sent before", s -> s.seq(-2 * SIZE)),
                change("ack", s -> s.ack(78)),
                change("window", s -> s.window(501)),
                change("more options", s -> s.nop().nop().nop()),
                change("urgent", s -> s.urgent(1)),
                change("SYN", s -> s.syn()),
                change("RST", s -> s.rst()),
                change("ECE", s -> s.flags(TcpFlags.ACK | TcpFlags.ECE)),
                change("CWR", s -> s.flags(TcpFlags.ACK | TcpFlags.CWR)),
                change("no ACK", s -> s.flags(0)),
                change("no ACK, pushed", s -> s.flags(TcpFlags.PSH)),
                change("traffic class", s -> s.trafficClass(0x2c)),
                change("hop limit", s -> s.hopLimit(60)));
    }

    private static Arguments change(String name, UnaryOperator<SegmentBuilder> change) {
        return arguments(name, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void whatDiffersIsNotTaken(String name, UnaryOperator<SegmentBuilder> change) {
        for (boolean isIpv6 : new boolean[] {false, true}) {
            begin(at(0, isIpv6));
            assertThat(add(change.apply(at(1, isIpv6))))
                    .as("%s, IPv6 %s", name, isIpv6)
                    .isFalse();
            assertThat(run.segments()).isOne();
            assertThat(add(at(1, isIpv6))).isTrue();
        }
    }

    @Test
    void anotherTimestampIsNotTaken() {
        begin(at(0));
        ByteBuffer next = at(1).build();
        next.putInt(20 + 24, 10);

        assertThat(run.add(next, next.limit())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherConnectionIsNotTaken(boolean isIpv6) {
        String network = isIpv6 ? "2001:db8::" : "198.18.8.";
        String targets = isIpv6 ? "2001:db8:99::" : "198.18.99.";
        begin(at(0, isIpv6));

        assertThat(add(at(1, isIpv6).from(network + "7", 4001))).isFalse();
        assertThat(add(at(1, isIpv6).from(network + "8", 4000))).isFalse();
        assertThat(add(at(1, isIpv6).to(targets + "1", 81))).isFalse();
        assertThat(add(at(1, isIpv6).to(targets + "2", 80))).isFalse();
        assertThat(add(at(1, !isIpv6))).isFalse();
    }

    @Test
    void whatOnlyOneFamilyHasIsNotTakenWhenItDiffers() {
        begin(at(0));
        assertThat(add(at(1).identification(0xfffe))).isFalse();
        assertThat(add(at(1).identification(0))).isFalse();
        assertThat(add(at(1).mayFragment())).isFalse();
        assertThat(add(at(1).ipOptions(1, 1, 1, 1))).isFalse();

        begin(at(0, true));
        assertThat(add(at(1, true).flowLabel(0x12346))).isFalse();
        assertThat(add(at(1, true).ipExtension(60, 6, 0, 1, 4, 0, 0, 0, 0))).isFalse();
    }

    static Stream<Arguments> lonely() {
        return Stream.of(
                change("pushed", s -> s.psh()),
                change("FIN", s -> s.fin()),
                change("SYN", s -> s.flags(TcpFlags.SYN)),
                change("RST", s -> s.rst()),
                change("urgent", s -> s.urgent(1)),
                change("ECE", s -> s.flags(TcpFlags.ACK | TcpFlags.ECE)),
                change("no payload", s -> s.payload(0)),
                change("IP options", s -> s.ipOptions(1, 1, 1, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lonely")
    void nothingFollows(String name, UnaryOperator<SegmentBuilder> change) {
        begin(change.apply(at(0)));

        assertThat(add(change.apply(at(1)))).as(name).isFalse();
        assertThat(add(at(1))).as(name).isFalse();
    }

    @Test
    void nothingFollowsADatagramAFragmentOrAnExtensionHeader() {
        ByteBuffer datagram = at(0).build();
        datagram.put(9, (byte) IpPacket.PROTOCOL_UDP);
        run.begin(datagram, datagram.limit(), MTU);
        assertThat(add(at(1))).isFalse();

        ByteBuffer fragment = at(0).build();
        fragment.putShort(6, (short) 0x2000);
        run.begin(fragment, fragment.limit(), MTU);
        assertThat(run.add(fragment, fragment.limit())).isFalse();

        begin(at(0, true).ipExtension(60, 6, 0, 1, 4, 0, 0, 0, 0));
        assertThat(add(at(1, true).ipExtension(60, 6, 0, 1, 4, 0, 0, 0, 0))).isFalse();
    }

    @Test
    void whatTheDeviceCannotSendHasNoFollowers() {
        SegmentBuilder segment = at(0);

        run.begin(segment.build(), segment.length(), segment.length() - 1);
        assertThat(add(at(1))).isFalse();

        run.begin(segment.build(), segment.length(), segment.length());
        assertThat(add(at(1))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void staysWithinTheLengthOfAFrame(boolean isIpv6) {
        begin(at(0, isIpv6));

        int count = 1;
        while (add(at(count, isIpv6))) {
            count++;
        }

        int headers = isIpv6 ? 72 : 52;
        assertThat(count).isEqualTo((SegmentRun.MAX_LENGTH - headers) / SIZE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isSealedWithTheHeadersOfTheWhole(boolean isIpv6) {
        ByteBuffer first = at(0, isIpv6).build();
        run.begin(first, first.limit(), MTU);
        add(at(1, isIpv6));
        add(at(2, isIpv6).psh().payload(300));

        run.seal();

        assertThat(add(at(3, isIpv6))).isFalse();
        SegmentBuilder expected = at(0, isIpv6).psh().payload(2 * SIZE + 300);
        ByteBuffer whole = expected.build();
        int headers = run.headerLength();
        whole.put(0, first, 0, headers);
        IpPacket packet = new IpPacket();
        assertThat(packet.wrap(whole, 0, whole.limit())).isEqualTo(PacketDefect.NONE);
        assertThat(packet.payloadLength()).isEqualTo(2 * SIZE + 300);
        // Whoever sums over header and payload, the checksum field included, gets the full checksum.
        int tcp = run.tcpOffset();
        int checksum = InternetChecksum.finish(InternetChecksum.sum(whole, tcp, whole.limit() - tcp, 0));
        TcpHeader.checksum(whole, tcp, checksum);
        assertThat(whole).isEqualTo(expected.build());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSinglePacketStaysAsItIs(boolean isIpv6) {
        ByteBuffer only = at(0, isIpv6).build();
        run.begin(only, only.limit(), MTU);

        run.seal();

        assertThat(only).isEqualTo(at(0, isIpv6).build());
    }
}
