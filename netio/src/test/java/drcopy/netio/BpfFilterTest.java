// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
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
    @CsvSource({
        "198.18.7.7, 198.18.7.2, 00070800",
        "2001:db8::7, 2001:db8::2, 000786dd",
        "198.18.7.7, 198.18.7.2, 0064810000070800",
        "2001:db8::7, 2001:db8::2, 00648100000786dd"
    })
    void behindTagsTheSameIsTaken(String client, String server, String tags) {
        BpfFilter filter = BpfFilter.compile("tcp dst port 80 and (dst host 198.18.7.2 or dst host 2001:db8::2)")
                .behindTags(tags.length() / 8);

        assertThat(takes(filter, tags, client, server, 80)).isTrue();
        assertThat(takes(filter, tags, client, server, 81)).isFalse();
        assertThat(takes(filter, tags, server, client, 80)).isFalse();
        assertThat(takes(filter, tags.substring(0, tags.length() - 4) + "8100", client, server, 80))
                .isFalse();
    }

    /** The kernel alone can run it: a real socket of a real device is in DatagramRunsLabTest. */
    @Test
    void behindALinkTheProgramIsThereTwice() {
        BpfFilter filter = BpfFilter.compile("tcp dst port 80");

        assertThat(filter.behindLink().length()).isEqualTo(2 * filter.length() + 4);
    }

    private static boolean takes(BpfFilter filter, String tags, String client, String server, int port) {
        byte[] before = HexFormat.of().parseHex(tags);
        ByteBuffer packet = ByteBuffer.allocate(256).put(0, before);
        ByteBuffer ip = packet.slice(before.length, 200);
        int length = before.length + TestPackets.write(ip, client, 40_000, server, port, 1, TestPackets.SYN, 9);
        return filter.matches(packet, 0, length, length);
    }
}
