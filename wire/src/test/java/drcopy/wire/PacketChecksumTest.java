// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketChecksumTest {
    private static final String V4 = "198.18.8.1";
    private static final String V6 = "2001:db8::1";

    private static ByteBuffer segment(String client) {
        String online = client.equals(V4) ? "198.18.0.10" : "2001:db8::10";
        return SegmentBuilder.segment(client, 4321, online, 80)
                .psh()
                .seq(7)
                .ack(9)
                .timestamps(3, 4)
                .payload("GET / HTTP")
                .build();
    }

    private static ByteBuffer datagram(String client) {
        return DatagramBuilder.datagram(client, 4321, client.equals(V4) ? "198.18.0.10" : "2001:db8::10", 53, "query");
    }

    private static IpPacket wrapped(ByteBuffer b) {
        IpPacket packet = new IpPacket();
        PacketDefect defect = packet.wrap(b, 0, b.limit());
        if (defect == PacketDefect.NOT_TCP) {
            defect = packet.wrapDatagram(b, 0, b.limit(), b.limit());
        }
        assertThat(defect).isEqualTo(PacketDefect.NONE);
        return packet;
    }

    private static boolean isRight(ByteBuffer b) {
        return PacketChecksum.isRight(wrapped(b));
    }

    /** Bytes that make no other packet of it when they change: no version, length, protocol or header length. */
    private static boolean isFree(ByteBuffer b, int at) {
        int transport = b.get(0) >>> 4 == 4 ? 20 : 40;
        boolean isTcp = b.get(transport == 20 ? 9 : 6) == IpPacket.PROTOCOL_TCP;
        if (at >= transport) {
            return isTcp ? at != transport + 12 : at != transport + 4 && at != transport + 5;
        }
        // Of IPv6 nothing but the addresses is in any checksum.
        return transport == 20 ? at == 1 || at == 4 || at == 5 || at == 8 || at >= 10 : at >= 8;
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void everyDamagedBitIsSeen(String client) {
        for (ByteBuffer b : new ByteBuffer[] {segment(client), datagram(client)}) {
            assertThat(isRight(b)).isTrue();
            for (int bit = 0; bit < 8 * b.limit(); bit++) {
                int at = bit / 8;
                if (isFree(b, at)) {
                    byte was = b.get(at);
                    b.put(at, (byte) (was ^ 1 << bit % 8));
                    assertThat(isRight(b)).as("bit %d of byte %d", bit % 8, at).isFalse();
                    b.put(at, was);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1447, 1448, 65_000})
    void payloadsOfEveryLengthAreSummed(int length) {
        for (String client : new String[] {V4, V6}) {
            String online = client.equals(V4) ? "198.18.0.10" : "2001:db8::10";
            SegmentBuilder built = SegmentBuilder.segment(client, 4321, online, 80)
                    .seq(7)
                    .ack(9)
                    .payload(length);

            assertThat(isRight(built.buildDirect())).isTrue();
        }
    }

    @Test
    void aSuperSegmentBeyondALengthFieldIsSummed() {
        assertThat(isRight(SegmentBuilder.segment(V4, 1, "198.18.0.10", 80)
                        .payload(100_000)
                        .build()))
                .isTrue();
        assertThat(isRight(SegmentBuilder.segment(V6, 1, "2001:db8::10", 80)
                        .payload(100_000)
                        .build()))
                .isTrue();
    }

    @Test
    void aDatagramMayHaveNoChecksumOverIpv4Alone() {
        ByteBuffer v4 = datagram(V4).putShort(26, (short) 0);
        ByteBuffer v6 = datagram(V6).putShort(46, (short) 0);

        assertThat(isRight(v4)).isTrue();
        assertThat(isRight(v6)).isFalse();
    }

    @Test
    void theSumOfThePseudoHeaderAloneIsLeftToTheDevice() {
        ByteBuffer b = segment(V4);
        long sum = InternetChecksum.pseudoHeader4(b.getInt(12), b.getInt(16), IpPacket.PROTOCOL_TCP, b.limit() - 20);
        b.putShort(20 + 16, (short) ~InternetChecksum.finish(sum));

        assertThat(isRight(b)).isFalse();
        assertThat(PacketChecksum.isLeftToDevice(wrapped(b))).isTrue();
        assertThat(PacketChecksum.isLeftToDevice(wrapped(b.putShort(10, (short) 0))))
                .isTrue();
        assertThat(PacketChecksum.isLeftToDevice(wrapped(b.putShort(10, (short) 1))))
                .isFalse();
    }

    @Test
    void whoLeavesTheLengthToTheDeviceLeavesTheSums() {
        ByteBuffer b = segment(V4).putShort(2, (short) 0).putShort(20 + 16, (short) 0x1234);

        assertThat(isRight(b)).isFalse();
        assertThat(PacketChecksum.isLeftToDevice(wrapped(b))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void damageIsNotLeftToTheDevice(String client) {
        ByteBuffer b = segment(client);
        b.put(b.limit() - 1, (byte) 0);

        assertThat(PacketChecksum.isLeftToDevice(wrapped(b))).isFalse();
    }
}
