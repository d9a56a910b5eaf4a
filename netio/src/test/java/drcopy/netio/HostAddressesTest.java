// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostAddressesTest {
    private static final String LO =
            """
            1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
            1: lo    inet 198.18.1.200/32 scope global lo\\       valid_lft forever preferred_lft forever
            1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
            """;
    private static final String ETH0 =
            """
            2: eth0    inet 198.18.1.11/24 brd 198.18.1.255 scope global eth0\\       valid_lft forever
            2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever
            """;
    private static final String DUMMY = "3: dummy0    inet 198.18.1.201/32 scope global dummy0\\   valid_lft forever\n";
    private static final String LINKS =
            """
            2: eth0@if2: <BROADCAST,UP> mtu 1500 \\    link/ether ea:8c:48:ff:a3:09 promiscuity 0 \\    veth addrgenmode eui64
            3: dummy0: <BROADCAST,NOARP,UP> mtu 1500 \\    link/ether ea:8c:48:ff:a3:08 promiscuity 0 \\    dummy addrgenmode eui64
            """;
    private static final String ROUTE = "192.0.2.1 via 198.18.1.1 dev eth0 src 198.18.1.11 uid 0 \\    cache\n";

    private static boolean isVirtual(HostAddresses host, String address) {
        return host.isVirtual(AddressRange.parseAddress(address));
    }

    @Test
    void aVipIsOnTheLoopbackDeviceOrADummy() {
        HostAddresses host = HostAddresses.of(LO + ETH0 + DUMMY, LINKS, ROUTE);

        assertThat(isVirtual(host, "198.18.1.200")).isTrue();
        assertThat(isVirtual(host, "198.18.1.201")).isTrue();
        assertThat(isVirtual(host, "198.18.1.11")).isFalse();
        assertThat(isVirtual(host, "127.0.0.1")).isFalse();
        assertThat(isVirtual(host, "198.18.1.202")).as("not there").isFalse();
    }

    @Test
    void anAddressThatTheHostSpeaksFromIsNone() {
        HostAddresses host = HostAddresses.of(LO + ETH0, "", ROUTE.replace("198.18.1.11 uid", "198.18.1.200 uid"));

        assertThat(isVirtual(host, "198.18.1.200")).isFalse();
    }

    @Test
    void aHostNeedsAnotherAddressToLiveBy() {
        HostAddresses host = HostAddresses.of(LO, "", "");

        assertThat(isVirtual(host, "198.18.1.200")).isFalse();
    }

    @Test
    void aServiceOnEveryAddressStandsForThoseOfTheHost() {
        Selection selection = Selection.of(
                List.of(DivertedService.parse("*:80"), DivertedService.parse("198.18.1.200:8080")),
                HostAddresses.of(LO + ETH0, "", ROUTE));

        assertThat(selection.whole()).containsExactly(AddressRange.parseAddress("198.18.1.200"));
        assertThat(selection.byPort()).containsExactly(DivertedService.parse("198.18.1.11:80"));
        assertThat(selection.text()).isEqualTo("all that 198.18.1.200 sends; what *:80 sends, no other port");
    }
}
