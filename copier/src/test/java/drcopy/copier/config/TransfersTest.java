// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.IpLiteral;
import drcopy.wire.Addresses;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransfersTest {
    private static Transfers of(String... texts) {
        return new Transfers(Stream.of(texts).map(Transfer::parse).toList());
    }

    private static Transfer find(Transfers transfers, String address, int port) {
        InetAddress parsed = IpLiteral.parse(address);
        return transfers.find(Addresses.hi(parsed), Addresses.lo(parsed), port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80-198.18.1.200:80",
                "198.18.0.10:80-198.18.1.200:8080",
                "[2001:db8::a]:80-[2001:db8::1]:8080",
                "80-127.0.0.1:8080",
                "80@02:00:00:00:00:0a-198.18.1.200:80@02:00:00:00:01:64"
            })
    void readsWhatItWrites(String text) {
        assertThat(Transfer.parse(text)).hasToString(text);
    }

    @Test
    void prefersTheTransferThatNamesTheAddress() {
        Transfers transfers = of("80-198.18.1.2:80", "198.18.0.10:80-198.18.1.3:80");

        assertThat(find(transfers, "198.18.0.10", 80)).hasToString("198.18.0.10:80-198.18.1.3:80");
        assertThat(find(transfers, "198.18.0.11", 80)).hasToString("80-198.18.1.2:80");
        assertThat(find(transfers, "198.18.0.10", 81)).isNull();
    }

    @Test
    void knowsItsTargets() {
        Transfers transfers = of("80-198.18.1.2:8080");
        List<Transfer> list = transfers.list();

        assertThat(transfers.isTarget(
                        list.get(0).target().hi(), list.get(0).target().lo(), 8080))
                .isTrue();
        assertThat(transfers.isTarget(
                        list.get(0).target().hi(), list.get(0).target().lo(), 80))
                .isFalse();
    }
}
