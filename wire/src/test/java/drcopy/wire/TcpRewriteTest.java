// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.PacketAssert.assertThatPacket;
import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every {@code assertThatPacket} here also recomputes the checksum that the rewriting updated. */
class TcpRewriteTest {
    private static final int TCP = 20;

    private static SegmentBuilder syn() {
        return segment("198.18.8.1", 4321, "198.18.1.200", 80).syn();
    }

    @Test
    void lowersMss() {
        ByteBuffer b = syn().mss(8960).sackPermitted().build();

        assertThat(TcpRewrite.lowerMss(b, TCP, 1460)).isTrue();
        assertThatPacket(b).hasMss(1460).hasOption(TcpOptions.SACK_PERMITTED);
    }

    @Test
    void neverRaisesMss() {
        ByteBuffer b = syn().mss(536).build();

        assertThat(TcpRewrite.lowerMss(b, TCP, 1460)).isFalse();
        assertThat(TcpRewrite.lowerMss(b, TCP, 536)).isFalse();
        assertThatPacket(b).hasMss(536);
    }

    @Test
    void lowersMssOver32767() {
        ByteBuffer b = syn().mss(65495).build();

        assertThat(TcpRewrite.lowerMss(b, TCP, 40_000)).isTrue();
        assertThatPacket(b).hasMss(40_000);
    }

    @Test
    void lowersEveryMssThatIsWellFormed() {
        ByteBuffer b = syn().mss(9000)
                .option(TcpOptions.MSS, 255, 255, 255)
                .nop()
                .mss(8000)
                .build();

        assertThat(TcpRewrite.lowerMss(b, TCP, 1400)).isTrue();
        assertThatPacket(b)
                .hasText("198.18.8.1:4321 > 198.18.1.200:80 S 0:0(0) win 65535"
                        + " <mss 1400,kind 2 0xffffff,nop,mss 1400,nop,nop>");
    }

    @Test
    void leavesSegmentsWithoutTheOptionAlone() {
        ByteBuffer b = syn().windowShift(7).build();
        ByteBuffer before = syn().windowShift(7).build();

        assertThat(TcpRewrite.lowerMss(b, TCP, 1)).isFalse();
        assertThat(TcpRewrite.timestamps(b, TCP, 1, 2)).isFalse();
        assertThat(b).isEqualTo(before);
    }

    @Test
    void replacesTimestamps() {
        ByteBuffer b = syn().timestamps(0x01020304, 0x05060708).payload("odd").build();

        assertThat(TcpRewrite.timestamps(b, TCP, -2, 0x7fff0001)).isTrue();
        assertThatPacket(b).hasTimestamps(-2, 0x7fff0001).hasPayload("odd");
    }

    @Test
    void erasesAnOption() {
        ByteBuffer b = syn().mss(1460)
                .nop()
                .option(TcpOptions.MPTCP, 0, 1, 2, 3, 4)
                .windowShift(7)
                .build();

        TcpRewrite.erase(b, TCP, TcpOptions.find(b, TCP, TcpOptions.MPTCP));

        assertThatPacket(b)
                .hasText("198.18.8.1:4321 > 198.18.1.200:80 S 0:0(0) win 65535 <mss 1460,"
                        + "nop,nop,nop,nop,nop,nop,nop,nop,wscale 7,nop>");
    }

    /** Options at odd and even places, in both families, of random numbers. */
    @Test
    void updatedChecksumEqualsRecomputedOne() {
        Random random = new Random(1624);
        for (int i = 0; i < 20_000; i++) {
            boolean isIpv6 = random.nextBoolean();
            int tcp = isIpv6 ? 40 : TCP;
            SegmentBuilder builder = isIpv6
                    ? segment("2001:db8::1", random.nextInt(65536), "2001:db8::2", 80)
                    : segment("198.18.8.1", random.nextInt(65536), "198.18.1.200", 80);
            builder.seq(random.nextInt()).ack(random.nextInt()).payload(random.nextInt(4));
            int shift = random.nextInt(5);
            for (int n = 0; n < shift; n++) {
                builder.nop();
            }
            builder.mss(random.nextInt(65536))
                    .option(254, random.nextInt())
                    .timestamps(random.nextInt(), random.nextInt());
            ByteBuffer b = builder.build();

            TcpRewrite.lowerMss(b, tcp, random.nextInt(65536));
            assertThatPacket(b);
            TcpRewrite.timestamps(b, tcp, random.nextInt(), random.nextInt());
            assertThatPacket(b);
            TcpRewrite.erase(b, tcp, TcpOptions.find(b, tcp, 254));
            assertThatPacket(b).hasNoOption(254);
        }
    }
}
