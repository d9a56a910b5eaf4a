// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.IpLiteral;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressesTest {
    private static String replace(ClientAddresses clients, String address, boolean isIpv4) {
        InetAddress parsed = IpLiteral.parse(address);
        FlowKey key = new FlowKey().set(Addresses.hi(parsed), Addresses.lo(parsed), 4321, 1, 2, 80);
        clients.replace(key, isIpv4);
        return Addresses.text(key.clientHi, key.clientLo);
    }

    @ParameterizedTest
    @CsvSource({
        "198.18.9.1, 198.18.9.1, 198.18.9.1, 1",
        "198.18.9.x, 198.18.9.1, 198.18.9.254, 254",
        "198.18.9.0/30, 198.18.9.1, 198.18.9.2, 2",
        "198.18.9.4/31, 198.18.9.4, 198.18.9.5, 2",
        "198.18.9.7/32, 198.18.9.7, 198.18.9.7, 1",
    })
    void givesEveryAddressOfAnEntryAndNoOther(String entry, String first, String last, int count) {
        ClientAddresses clients = ClientAddresses.parse(List.of(entry));
        Set<Long> given = new TreeSet<>();

        for (int i = 0; i < 10_000; i++) {
            String client = "198.19." + i / 250 + "." + (i % 250 + 1);
            given.add(Addresses.lo(IpLiteral.parse(replace(clients, client, true))));
        }

        assertThat(given)
                .hasSize(count)
                .contains(Addresses.lo(IpLiteral.parse(first)), Addresses.lo(IpLiteral.parse(last)));
    }

    @Test
    void mapsAClientToTheSameAddressForEver() {
        ClientAddresses clients = ClientAddresses.parse(List.of("198.18.9.x", "198.18.10.0/24"));

        assertThat(replace(clients, "198.19.0.1", true)).isEqualTo(replace(clients, "198.19.0.1", true));
        assertThat(replace(clients, "198.19.0.1", true)).isEqualTo("198.18.10.76");
    }

    @Test
    void choosesTheFamilyOfTheTarget() {
        ClientAddresses clients = ClientAddresses.parse(List.of("198.18.9.1", "2001:db8::9"));

        assertThat(replace(clients, "198.19.0.1", false)).isEqualTo("2001:db8::9");
        assertThat(replace(clients, "2001:db8::1", true)).isEqualTo("198.18.9.1");
    }

    @Test
    void spreadsClientsOverALargeNetwork() {
        ClientAddresses clients = ClientAddresses.parse(List.of("2001:db8::/32"));
        Set<String> given = new TreeSet<>();

        for (int i = 1; i <= 200; i++) {
            given.add(replace(clients, "198.19.0." + i, false));
        }

        assertThat(given).hasSize(200);
    }
}
