// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReassemblyTest {
    private static final int MTU = 576;
    private static final long SECOND = 1_000_000_000L;

    private final List<String> lost = new ArrayList<>();
    private final Reassembly reassembly = new Reassembly(
            true,
            (isDatagram, hi, lo, port) ->
                    lost.add((isDatagram ? "udp " : "tcp ") + Addresses.text(hi, lo) + " " + port));

    private static ByteBuffer packet(boolean isIpv4, int payload) {
        return (isIpv4
                        ? segment("198.18.8.1", 4321, "198.18.0.10", 80)
                                .mayFragment()
                                .identification(99)
                        : segment("2001:db8::1", 4321, "2001:db8::2", 80))
                .ack(1)
                .psh()
                .payload(payload)
                .build();
    }

    private boolean add(ByteBuffer fragment) {
        return reassembly.add(fragment, 0, fragment.limit());
    }

    private static byte[] bytes(ByteBuffer packet) {
        byte[] bytes = new byte[packet.limit()];
        packet.get(0, bytes);
        return bytes;
    }

    private byte[] whole() {
        byte[] bytes = new byte[reassembly.length()];
        reassembly.buffer().get(reassembly.offset(), bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void putsAPacketTogetherInWhateverOrderItsPartsCome(boolean isIpv4) {
        ByteBuffer packet = packet(isIpv4, 3_000);
        Random random = new Random(8);
        for (int round = 0; round < 200; round++) {
            List<ByteBuffer> fragments = Fragments.of(packet, MTU, isIpv4 ? 99 : round);
            assertThat(fragments).hasSizeGreaterThan(5);
            Collections.shuffle(fragments, random);
            for (ByteBuffer fragment : fragments.subList(1, fragments.size())) {
                assertThat(add(fragment)).isFalse();
            }
            assertThat(add(fragments.get(0))).isTrue();
            assertThat(whole()).isEqualTo(bytes(packet));
        }
        reassembly.end();
        assertThat(lost).isEmpty();
    }

    @Test
    void putsTheLongestPacketTogether() {
        ByteBuffer packet = packet(true, 65_535 - 40);
        List<ByteBuffer> fragments = Fragments.of(packet, 1_500, 1);
        packet.putShort(4, (short) 1).putShort(10, (short) 0);
        packet.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(packet, 0, 20, 0)));

        for (ByteBuffer fragment : fragments.subList(0, fragments.size() - 1)) {
            assertThat(add(fragment)).isFalse();
        }
        assertThat(add(fragments.get(fragments.size() - 1))).isTrue();
        assertThat(whole()).isEqualTo(bytes(packet));
    }

    @Test
    void refusesWhatWouldBeLongerThanAnyPacket() {
        ByteBuffer last = Fragments.of(packet(true, 2_000), 1_500, 1).get(1);
        last.putShort(6, (short) 8_180);

        assertThat(add(last)).isFalse();
        assertThat(lost).containsExactly("tcp 198.18.0.10 -1");
    }

    @Test
    void keepsHeadersBeforeAndBehindTheFragmentHeader() {
        ByteBuffer packet = segment("2001:db8::1", 4321, "2001:db8::2", 80)
                .ipExtension(60, 6, 0, 1, 4, 0, 0, 0, 0)
                .payload(2_000)
                .build();
        List<ByteBuffer> fragments = Fragments.of(packet, 1_280, 7);
        List<ByteBuffer> routed =
                fragments.stream().map(ReassemblyTest::behindHopByHop).toList();

        assertThat(add(routed.get(1))).isFalse();
        assertThat(add(routed.get(0))).isTrue();
        IpPacket whole = new IpPacket();
        assertThat(whole.wrap(reassembly.buffer(), reassembly.offset(), reassembly.length()))
                .isEqualTo(PacketDefect.NONE);
        assertThat(whole.payloadLength()).isEqualTo(2_000);
        assertThat(whole.ipHeaderLength()).isEqualTo(40 + 8 + 8);
    }

    private static ByteBuffer behindHopByHop(ByteBuffer fragment) {
        ByteBuffer b = ByteBuffer.allocate(fragment.limit() + 8);
        b.put(0, fragment, 0, 40).put(48, fragment, 40, fragment.limit() - 40);
        b.put(6, (byte) 0).put(40, (byte) 44).put(41, (byte) 0).putShort(42, (short) 0x0104);
        return b.putShort(4, (short) (b.limit() - 40));
    }

    @Test
    void tellsPacketsApart() {
        ByteBuffer packet = packet(true, 1_000);
        List<ByteBuffer> one = Fragments.of(packet, MTU, 1);
        List<ByteBuffer> two = Fragments.of(packet, MTU, 2);
        List<ByteBuffer> udp = Fragments.of(packet(true, 1_000).put(9, (byte) 17), MTU, 1);

        assertThat(one).hasSize(2);
        assertThat(add(one.get(0))).isFalse();
        assertThat(add(two.get(1))).isFalse();
        assertThat(add(udp.get(1))).isFalse();
        assertThat(add(two.get(0))).isTrue();
        assertThat(add(one.get(1))).isTrue();
        assertThat(add(udp.get(0))).isTrue();
        assertThat(whole()[9]).isEqualTo((byte) 17);
    }

    @Test
    void leavesOtherProtocolsAlone() {
        Reassembly tcpOnly = new Reassembly(false, (isDatagram, hi, lo, port) -> lost.add("lost"));
        for (int protocol : new int[] {1, 17, 50}) {
            for (ByteBuffer fragment : Fragments.of(packet(true, 1_000).put(9, (byte) protocol), MTU, 1)) {
                assertThat(tcpOnly.add(fragment, 0, fragment.limit())).isFalse();
            }
        }
        tcpOnly.end();
        assertThat(lost).isEmpty();
    }

    @Test
    void takesAnExactDuplicateForWhatItIs() {
        List<ByteBuffer> fragments = Fragments.of(packet(true, 1_000), MTU, 1);

        assertThat(add(fragments.get(1))).isFalse();
        assertThat(add(fragments.get(1))).isFalse();
        assertThat(add(fragments.get(0))).isTrue();
    }

    /** RFC 8200 4.5, RFC 5722: else a second copy of some bytes could pass what looked at the first. */
    @Test
    void givesUpAPacketWhosePartsOverlap() {
        ByteBuffer packet = packet(true, 1_400);
        List<ByteBuffer> fragments = Fragments.of(packet, MTU, 1);
        ByteBuffer other = Fragments.cut4(packet, 544, 1_104, 1);

        assertThat(fragments).hasSize(3);
        assertThat(add(fragments.get(0))).isFalse();
        assertThat(add(other)).isFalse();
        assertThat(add(fragments.get(1))).isFalse();
        assertThat(add(fragments.get(2))).isFalse();
        reassembly.end();
        assertThat(lost).containsExactly("tcp 198.18.0.10 80");
    }

    @Test
    void givesUpAPacketWithOtherBytesForThoseItHas() {
        List<ByteBuffer> fragments = Fragments.of(packet(true, 1_000), MTU, 1);
        ByteBuffer other = Fragments.of(packet(true, 1_000), MTU, 1).get(0);
        other.put(100, (byte) (other.get(100) + 1));

        assertThat(add(fragments.get(0))).isFalse();
        assertThat(add(other)).isFalse();
        assertThat(add(fragments.get(1))).isFalse();
        assertThat(lost).hasSize(1);
    }

    @Test
    void givesUpAPacketWithTwoEnds() {
        ByteBuffer packet = packet(true, 2_000);
        ByteBuffer shorter = packet(true, 1_000);
        List<ByteBuffer> fragments = Fragments.of(packet, MTU, 1);

        assertThat(add(fragments.get(2))).isFalse();
        assertThat(add(Fragments.of(shorter, MTU, 1).get(1))).isFalse();
        assertThat(lost).containsExactly("tcp 198.18.0.10 -1");
    }

    @Test
    void givesUpAPacketThatDoesNotBecomeWhole() {
        reassembly.tick(0);
        assertThat(add(Fragments.of(packet(true, 1_000), MTU, 1).get(0))).isFalse();
        reassembly.tick(4 * SECOND);
        assertThat(add(Fragments.of(packet(false, 2_000), MTU, 1).get(1))).isFalse();
        assertThat(lost).isEmpty();

        reassembly.tick(6 * SECOND);
        assertThat(lost).containsExactly("tcp 198.18.0.10 80");
        reassembly.tick(11 * SECOND);
        assertThat(lost).containsExactly("tcp 198.18.0.10 80", "tcp 2001:db8::2 -1");
        reassembly.end();
        assertThat(lost).hasSize(2);
    }

    @Test
    void theOldestGivesWayToTheNext() {
        ByteBuffer packet = packet(true, 1_000);
        for (int id = 1; id <= Reassembly.MOST; id++) {
            assertThat(add(Fragments.of(packet, MTU, id).get(0))).isFalse();
        }
        assertThat(lost).isEmpty();
        assertThat(add(Fragments.of(packet, MTU, 1_000).get(0))).isFalse();

        assertThat(lost).hasSize(1);
        assertThat(add(Fragments.of(packet, MTU, 2).get(1))).isTrue();
        assertThat(add(Fragments.of(packet, MTU, 1).get(1))).isFalse();
    }
}
