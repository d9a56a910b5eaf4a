// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static drcopy.wire.PacketAssert.assertThatPacket;
import static drcopy.wire.SegmentBuilder.segment;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketAssertTest {
    private static ByteBuffer request() {
        return segment("198.18.8.1", 4321, "198.18.1.200", 80)
                .seq(1)
                .ack(1)
                .payload("GET")
                .build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 8, 10, 12, 19, 20, 24, 28, 33, 35, 36, 39, 40, 42})
    void failsWhenAnyByteChangedAfterTheChecksum(int index) {
        ByteBuffer b = request();
        b.put(index, (byte) (b.get(index) ^ 4));

        assertThatThrownBy(() -> assertThatPacket(b)).isInstanceOf(AssertionError.class);
    }

    @Test
    void failsWhenAnIpv6ByteChangedAfterTheChecksum() {
        ByteBuffer b =
                segment("2001:db8::1", 1, "2001:db8::2", 2).payload("GET").build();
        b.put(39, (byte) 3);

        assertThatThrownBy(() -> assertThatPacket(b)).hasMessageContaining("wrong TCP checksum");
    }

    @Test
    void failsOnBytesBehindThePacketAndOnFragments() {
        ByteBuffer b = ByteBuffer.allocate(44).put(0, request(), 0, 43);

        assertThatThrownBy(() -> assertThatPacket(b)).hasMessageContaining("is 43 bytes, but 44 were given");
        assertThatThrownBy(() -> assertThatPacket(request().putShort(6, (short) 0x2000)))
                .hasMessageContaining("not a TCP segment: FRAGMENT");
    }

    @Test
    void failsOnMalformedOptions() {
        ByteBuffer b = segment("198.18.8.1", 1, "198.18.1.200", 2)
                .rawOption(TcpOptions.MSS, 1)
                .build();

        assertThatThrownBy(() -> assertThatPacket(b)).hasMessageContaining("has malformed options");
    }

    @Test
    void showsThePacketAndBothValues() {
        assertThatThrownBy(() -> assertThatPacket(request()).hasSeq(2))
                .hasMessage("198.18.8.1:4321 > 198.18.1.200:80 . 1:4(3) ack 1 win 65535\nhas SEG.SEQ 1, expected 2");
        assertThatThrownBy(() -> assertThatPacket(request()).hasPayload("PUT"))
                .hasMessageEndingWith("has payload GET, expected PUT");
        assertThatThrownBy(() -> assertThatPacket(request()).isTo("198.18.1.200", 81))
                .hasMessageEndingWith("has destination 198.18.1.200:80, expected 198.18.1.200:81");
    }
}
