// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.PacketAssert.assertThatPacket;
import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SegmentBuilderTest {
    @Test
    void buildsIpv4Bytes() {
        ByteBuffer b = segment("198.18.8.1", 4321, "198.18.1.200", 80)
                .seq(0x01020304)
                .ack(0x05060708)
                .psh()
                .window(502)
                .trafficClass(0x10)
                .hopLimit(63)
                .identification(0xabcd)
                .payload("hi!")
                .build();

        assertThat(hex(b))
                .isEqualTo("4510002babcd40003f06fa01c6120801c61201c8" + "10e100500102030405060708501801f66d370000"
                        + "686921");
        assertThatPacket(b)
                .isFrom("198.18.8.1", 4321)
                .isTo("198.18.1.200", 80)
                .hasSeq(0x01020304)
                .hasAck(0x05060708)
                .hasFlags("P.")
                .hasWindow(502)
                .hasTrafficClass(0x10)
                .hasHopLimit(63)
                .hasIdentification(0xabcd)
                .hasDontFragment(true)
                .hasPayload("hi!")
                .hasLength(43);
    }

    @Test
    void buildsIpv6Bytes() {
        ByteBuffer b = segment("2001:db8::1", 4321, "2001:db8::2", 80)
                .syn()
                .seq(1000)
                .mss(1440)
                .flowLabel(0xabcde)
                .trafficClass(0x2e)
                .build();

        assertThat(hex(b))
                .isEqualTo("62eabcde00180640"
                        + "20010db8000000000000000000000001"
                        + "20010db8000000000000000000000002"
                        + "10e10050000003e8000000006002ffff27ad0000"
                        + "020405a0");
        assertThatPacket(b)
                .hasFlowLabel(0xabcde)
                .hasTrafficClass(0x2e)
                .hasHopLimit(64)
                .hasMss(1440);
    }

    @Test
    void padsOptionsWithNoOperations() {
        ByteBuffer b =
                segment("198.18.8.1", 1, "198.18.1.200", 2).windowShift(7).build();

        assertThat(hex(b)).endsWith("03030701");
    }

    @Test
    void buildsTheSameTwice() {
        SegmentBuilder builder =
                segment("198.18.8.1", 1, "198.18.1.200", 2).mss(1460).seq(-100).payload(1000);

        assertThat(builder.buildDirect()).isEqualTo(builder.build());
    }

    @Test
    void writesAtAnyIndex() {
        ByteBuffer b = ByteBuffer.allocate(100);

        int length = segment("198.18.8.1", 1, "198.18.1.200", 2).payload("x").write(b, 7);

        assertThatPacket(b, 7, length).hasPayload("x");
    }

    @Test
    void takesNoNamesForAddresses() {
        assertThatThrownBy(() -> segment("localhost", 1, "198.18.1.200", 2))
                .hasMessage("localhost: must be an address, not a name");
    }

    @Test
    void refusesMixedFamiliesAndTooManyOptions() {
        assertThatThrownBy(() -> segment("198.18.8.1", 1, "2001:db8::1", 2).build())
                .hasMessageContaining("one address family");
        assertThatThrownBy(() -> segment("198.18.8.1", 1, "198.18.1.200", 2)
                        .rawOption(new int[41])
                        .build())
                .hasMessageContaining("at most 40");
    }

    private static String hex(ByteBuffer b) {
        byte[] bytes = new byte[b.remaining()];
        b.get(b.position(), bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
