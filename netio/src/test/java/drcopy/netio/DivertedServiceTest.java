// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DivertedServiceTest {
    @ParameterizedTest
    @ValueSource(strings = {"198.18.11.100:8080", "*:80", "[2001:db8::1]:65535"})
    void readsEveryForm(String text) {
        assertThat(DivertedService.parse(DivertedService.parse(text).toString()))
                .isEqualTo(DivertedService.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8080",
                ":8080",
                "198.18.11.100",
                "2001:db8::1:80",
                "host:80",
                "1.2.3:80",
                "*:0",
                "*:65536",
                "*:x",
                "1.2.3.4:"
            })
    void refusesTheRestWithItsRule(String text) {
        assertThatThrownBy(() -> DivertedService.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "': must be VIP:port, [VIPv6]:port or *:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"198.18.0.0/15", "198.18.0.1", "2001:db8::/32", "2001:db8::1"})
    void readsAddressesAndNetworks(String text) {
        assertThat(AddressRange.parse(AddressRange.parse(text).toString())).isEqualTo(AddressRange.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "198.18.0.0/33", "198.18.0.0/0", "2001:db8::/129", "a.b.c.d", "198.18.0/16", "1.2.3.4/x"})
    void refusesWhatIsNoNetwork(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void nothingToDivertIsRefused() {
        assertThatThrownBy(() -> DiversionRules.of(DiversionRules.Mode.ROUTE, List.of(), List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
