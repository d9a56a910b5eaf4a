// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BpfFilterTest {
    @Test
    void compilesHostsAndPortsOfBothFamilies() {
        assertThat(BpfFilter.compile("tcp dst port 80 and (dst host 198.18.0.2 or dst host 2001:db8::2)")
                        .length())
                .isGreaterThan(5);
    }

    @Test
    void saysWhyAFilterDoesNotCompile() {
        assertThatThrownBy(() -> BpfFilter.compile("tcp dts port 80"))
                .isInstanceOf(FilterException.class)
                .hasMessage("filter 'tcp dts port 80' does not compile: can't parse filter expression: syntax error");
    }

    @Test
    void linkLayerPrimitivesAreRefused() {
        assertThatThrownBy(() -> BpfFilter.compile("ether host 02:00:00:00:00:01"))
                .isInstanceOf(FilterException.class)
                .hasMessageContaining("ether host 02:00:00:00:00:01");
    }

    @Test
    void knowsTheFamiliesThatAFilterCanMatch() {
        assertThat(BpfFilter.mayMatch("tcp dst port 80", "ip6")).isTrue();
        assertThat(BpfFilter.mayMatch("", "ip6")).isTrue();
        assertThat(BpfFilter.mayMatch("tcp dst port 80 and dst host 198.18.0.2", "ip6"))
                .isFalse();
        assertThat(BpfFilter.mayMatch("tcp dst port 80 and dst host 198.18.0.2", "ip"))
                .isTrue();
        assertThat(BpfFilter.mayMatch("tcp dst port 80 and dst host 2001:db8::2", "ip"))
                .isFalse();
    }

    @Test
    void preludesAddTheirInstructionsOnly() {
        BpfFilter filter = BpfFilter.compile("tcp");

        assertThat(filter.andOutgoing().length()).isEqualTo(filter.length() + 3);
        assertThat(filter.andDevices(1, 2).length()).isEqualTo(filter.length() + 4);
    }

    @ParameterizedTest
    @CsvSource({"198.18.7.7, 198.18.7.2, 0800", "2001:db8::7, 2001:db8::2, 86dd"})
    void behindATagTheSameIsTaken(String client, String server, String type) {
        BpfFilter filter = BpfFilter.compile("tcp dst port 80 and (dst host 198.18.7.2 or dst host 2001:db8::2)")
                .behindTag();

        assertThat(takes(filter, type, client, server, 80)).isTrue();
        assertThat(takes(filter, type, client, server, 81)).isFalse();
        assertThat(takes(filter, type, server, client, 80)).isFalse();
        assertThat(takes(filter, "8100", client, server, 80)).isFalse();
    }

    private static boolean takes(BpfFilter filter, String type, String client, String server, int port) {
        ByteBuffer packet = ByteBuffer.allocate(256).putShort(2, (short) Integer.parseInt(type, 16));
        ByteBuffer ip = packet.slice(TaggedRing.TAG_BYTES, 200);
        int length = TaggedRing.TAG_BYTES + TestPackets.write(ip, client, 40_000, server, port, 1, TestPackets.SYN, 9);
        return filter.matches(packet, 0, length, length);
    }
}
