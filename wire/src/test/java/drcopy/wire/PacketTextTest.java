// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PacketTextTest {
    private static final SegmentBuilder REQUEST =
            segment("198.18.8.1", 4321, "198.18.1.200", 80).seq(1).ack(1).psh().window(502);

    private static String text(ByteBuffer b) {
        return PacketText.text(b, 0, b.limit());
    }

    @Test
    void writesPacketdrillNotation() {
        ByteBuffer b = REQUEST.nop().nop().timestamps(5, 6).payload(10).build();

        assertThat(text(b))
                .isEqualTo("198.18.8.1:4321 > 198.18.1.200:80 P. 1:11(10) ack 1 win 502 <nop,nop,TS val 5 ecr 6>");
    }

    @Test
    void writesEveryKnownOption() {
        ByteBuffer b = segment("2001:db8::1", 1, "2001:db8::2", 2)
                .syn()
                .mss(1440)
                .sackPermitted()
                .windowShift(7)
                .option(253, 1, 255)
                .option(252)
                .rawOption(0)
                .build();

        assertThat(text(b))
                .isEqualTo("[2001:db8::1]:1 > [2001:db8::2]:2 S 0:0(0) win 65535"
                        + " <mss 1440,sackOK,wscale 7,kind 253 0x01ff,kind 252,eol>");
    }

    @Test
    void namesMalformedOption() {
        ByteBuffer b = segment("198.18.8.1", 1, "198.18.1.200", 2)
                .rst()
                .rawOption(TcpOptions.NOP, TcpOptions.MSS, 9, 1)
                .build();

        assertThat(text(b))
                .isEqualTo("198.18.8.1:1 > 198.18.1.200:2 R 0:0(0) win 65535 <nop,BAD_OPTION_LENGTH 0x020901>");
    }

    @Test
    void subtractsSequenceBasesAcrossTheWrap() {
        ByteBuffer b = segment("198.18.8.1", 1, "198.18.1.200", 2)
                .seq(3)
                .ack(0x80000010)
                .sack(0x80000020, 0x80000030)
                .urgent(2)
                .payload(4)
                .build();

        assertThat(PacketText.text(b, 0, b.limit(), -2, 0x80000000))
                .isEqualTo("198.18.8.1:1 > 198.18.1.200:2 .U 5:9(4) ack 16 win 65535 urg 2 <sack 32:48,nop,nop>");
    }

    @Test
    void writesSequenceNumbersUnsigned() {
        ByteBuffer b =
                segment("198.18.8.1", 1, "198.18.1.200", 2).seq(-1).payload(2).build();

        assertThat(text(b)).contains("- 4294967295:1(2) win");
    }

    @Test
    void namesTheDefectOfUnusableBytes() {
        ByteBuffer fragment = REQUEST.build().putShort(6, (short) 1);

        assertThat(text(fragment))
                .startsWith("FRAGMENT, 62 bytes: 0x4500003e00000001")
                .endsWith("...");
        assertThat(PacketText.text(ByteBuffer.wrap(new byte[] {0x15}), 0, 1)).isEqualTo("BAD_VERSION, 1 bytes: 0x15");
        assertThat(PacketText.text(ByteBuffer.allocate(0), 0, 0)).isEqualTo("TRUNCATED, 0 bytes");
    }
}
