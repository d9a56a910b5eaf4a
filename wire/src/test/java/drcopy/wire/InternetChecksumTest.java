// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InternetChecksumTest {
    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    private static int checksum(ByteBuffer b) {
        return InternetChecksum.finish(InternetChecksum.sum(b, 0, b.limit(), 0));
    }

    /** The words of RFC 1071 as it says them: one at a time, carries added at the end. */
    private static int plainChecksum(byte[] bytes, int offset, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            int value = bytes[offset + i] & 0xff;
            sum += i % 2 == 0 ? value << 8 : value;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    @Test
    void sumsTheExampleOfRfc1071() {
        assertThat(checksum(bytes("0001f203f4f5f6f7"))).isEqualTo(~0xddf2 & 0xffff);
    }

    @Test
    void padsAnOddEndWithZero() {
        assertThat(checksum(bytes("0001f2"))).isEqualTo(~0xf201 & 0xffff);
        assertThat(checksum(bytes("ff"))).isEqualTo(~0xff00 & 0xffff);
    }

    @Test
    void sumsNothingToZero() {
        assertThat(checksum(bytes(""))).isEqualTo(0xffff);
    }

    @Test
    void verifiesAKnownIpv4Header() {
        ByteBuffer header = bytes("4500003044224000800644 2e8c7c19acae241e2b".replace(" ", ""));

        assertThat(checksum(header)).isZero();
        assertThat(checksum(header.putShort(10, (short) 0))).isEqualTo(0x442e);
    }

    @Test
    void addsPiecesToARunningSum() {
        ByteBuffer b = bytes("0001f203f4f5f6f7");

        long sum = InternetChecksum.sum(b, 0, 6, 0);

        assertThat(InternetChecksum.finish(InternetChecksum.sum(b, 6, 2, sum))).isEqualTo(checksum(b));
    }

    @Test
    void carriesAreNotLostInLongRunsOfOnes() {
        byte[] ones = new byte[1 << 20];
        java.util.Arrays.fill(ones, (byte) 0xff);

        assertThat(checksum(ByteBuffer.wrap(ones))).isZero();
        assertThat(InternetChecksum.finish(InternetChecksum.sum(ByteBuffer.wrap(ones), 0, ones.length, 1)))
                .isEqualTo(0xfffe);
    }

    @Test
    void equalsThePlainSumForEveryLengthAlignmentAndByteOrder() {
        Random random = new Random(1071);
        byte[] bytes = new byte[128];
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(bytes);
            int offset = random.nextInt(9);
            int length = random.nextInt(bytes.length - offset);
            int expected = plainChecksum(bytes, offset, length);
            ByteBuffer heap = ByteBuffer.wrap(bytes);
            ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);

            for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
                assertThat(InternetChecksum.finish(InternetChecksum.sum(heap.order(order), offset, length, 0)))
                        .isEqualTo(expected);
                assertThat(InternetChecksum.finish(InternetChecksum.sum(direct.order(order), offset, length, 0)))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void pseudoHeadersAreTheirBytes() {
        Random random = new Random(793);
        for (int i = 0; i < 10_000; i++) {
            int length = random.nextInt(1 << 20);
            ByteBuffer v6 = ByteBuffer.allocate(40);
            for (int word = 0; word < 8; word++) {
                v6.putInt(random.nextInt());
            }
            v6.putInt(length).putInt(6).rewind();
            ByteBuffer v4 =
                    ByteBuffer.allocate(14).put(0, v6, 0, 8).put(9, (byte) 6).putInt(10, length);

            long sum4 = InternetChecksum.pseudoHeader4(v4.getInt(0), v4.getInt(4), 6, length);
            long sum6 = InternetChecksum.pseudoHeader6(
                    v6.getLong(0), v6.getLong(8), v6.getLong(16), v6.getLong(24), 6, length);

            assertThat(InternetChecksum.finish(sum4)).isEqualTo(checksum(v4));
            assertThat(InternetChecksum.finish(sum6)).isEqualTo(checksum(v6));
        }
    }

    @Test
    void updatesTheExampleOfRfc1624() {
        assertThat(InternetChecksum.update16(0xdd2f, 0x5555, 0x3285)).isEqualTo(0x0000);
    }

    @Test
    void updateEqualsRecomputation() {
        Random random = new Random(1624);
        ByteBuffer b = ByteBuffer.allocate(40);
        for (int i = 0; i < 100_000; i++) {
            random.nextBytes(b.array());
            // Words of all zeros or ones are where one's complement has two zeros.
            int from = random.nextInt(8) == 0 ? -random.nextInt(2) : random.nextInt();
            int to = random.nextInt(8) == 0 ? -random.nextInt(2) : random.nextInt();
            b.putInt(0, 0x45000028).putInt(8, from);
            int before = checksum(b);

            b.putInt(8, to);

            assertThat(InternetChecksum.update32(before, from, to)).isEqualTo(checksum(b));
            b.putInt(8, from).putShort(10, (short) to);
            assertThat(InternetChecksum.update16(before, from, to)).isEqualTo(checksum(b));
        }
    }
}
