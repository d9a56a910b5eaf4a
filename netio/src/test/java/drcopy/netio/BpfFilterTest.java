// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
}
