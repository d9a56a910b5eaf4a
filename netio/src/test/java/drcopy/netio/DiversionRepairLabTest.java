// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules that somebody changed are noticed and restored, and rules that are released are gone. */
@Tag("lab")
class DiversionRepairLabTest extends RealServerLab {
    @Test
    void nothingLeaksWhenTheDeviceIsRemovedAndInstallingRestoresIt() {
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);
        try (AfPacketSource source = (AfPacketSource) reader(DiversionRules.Mode.ROUTE)) {
            server.sh("ip link del drcopy0");
            client4(40005).syn();
            client6(40005).syn();
            assertThat(leaks()).isEmpty();
            assertThat(verify(rules))
                    .containsExactly(
                            "device drcopy0 is missing",
                            "IPv4 routes of table 36524 is missing",
                            "IPv6 routes of table 36524 is missing",
                            "egress filters of eth0 are missing");

            server.call(() -> {
                rules.install();
                return source.reattach();
            });

            assertThat(verify(rules)).isEmpty();
            assertThat(client4(40006).exchangesTwice(source)).isTrue();
            assertThat(leaks()).isEmpty();
        }
    }

    @Test
    void aFlushedRulesetIsNoticedAndRestored() {
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);
        server.sh("nft flush ruleset; ip rule del pref 90");

        assertThat(verify(rules))
                .containsExactly(
                        "IPv4 rule for mark 0x6472 is missing",
                        "nftables table ip drcopy is missing",
                        "nftables table ip6 drcopy is missing");
        server.call(() -> {
            rules.install();
            return null;
        });

        assertThat(verify(rules)).isEmpty();
        try (PacketSource source = reader(DiversionRules.Mode.ROUTE)) {
            assertThat(client4(40007).exchangesTwice(source)).isTrue();
        }
        assertThat(leaks()).isEmpty();
    }

    @Test
    void theKernelTellsOfAFlushAndRepairEndsTheLeak() {
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);
        try (RuleWatch changes = server.call(RuleWatch::new);
                Poller poller = new Poller(changes.fileDescriptors())) {
            assertThat(changes.hasChanged()).isFalse();
            assertThat(poller.await(0)).isFalse();

            server.sh("nft flush ruleset");

            assertThat(poller.await(5_000_000_000L)).isTrue();
            assertThat(changes.hasChanged()).isTrue();
            server.call(() -> {
                rules.repair();
                return null;
            });
            assertThat(verify(rules)).isEmpty();
            assertThat(changes.hasChanged()).isTrue();
            verify(rules);
            assertThat(changes.hasChanged()).isFalse();

            server.sh("ip link set drcopy0 down");
            assertThat(changes.hasChanged()).isTrue();
            assertThat(verify(rules)).contains("device drcopy0 is missing");
            server.call(() -> {
                rules.repair();
                return null;
            });
            assertThat(verify(rules)).isEmpty();
        }
        client4(40020).syn();
        assertThat(leaks()).isEmpty();
    }

    @Test
    void theKernelTellsOfRoutesOfTheDiversionAndNoOthers() {
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);
        try (RuleWatch changes = server.call(RuleWatch::new)) {
            server.sh("ip route add 203.0.113.0/24 dev lo; ip -6 route add 2001:db8:77::/64 dev lo table 77");
            assertThat(changes.hasChanged()).isFalse();

            for (String route : List.of("ip route flush table 36524", "ip -6 route flush table 36524")) {
                server.sh(route);
                assertThat(changes.hasChanged()).isTrue();
                assertThat(verify(rules)).hasSize(1);
                server.call(() -> {
                    rules.repair();
                    return null;
                });
                assertThat(verify(rules)).isEmpty();
                assertThat(changes.hasChanged()).isTrue();
            }
        }
    }

    @Test
    void aChangedRuleIsNoticed() {
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);

        server.sh("nft add element ip drcopy pass '{ 203.0.113.1 }'");

        assertThat(verify(rules)).containsExactly("nftables table ip drcopy was changed");
    }

    @Test
    void aRemovedChainOfIptablesIsNoticedAndRestored() {
        DiversionRules rules = install(DiversionRules.Mode.NFQUEUE);
        server.sh("iptables -t mangle -F; ip6tables -t mangle -F OUTPUT");

        assertThat(verify(rules)).hasSize(2);
        server.call(() -> {
            rules.install();
            return null;
        });

        assertThat(verify(rules)).isEmpty();
        client4(40008).syn();
        assertThat(leaks()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void releaseLeavesNothing(DiversionRules.Mode mode) {
        server.sh("iptables -t mangle -S >/dev/null; ip6tables -t mangle -S > /dev/null");
        String before = stateOfTheHost();
        install(mode, "198.18.5.1");
        install(mode, "198.18.5.1");
        assertThat(stateOfTheHost()).isNotEqualTo(before);

        server.call(() -> {
            DiversionRules.release();
            return null;
        });

        assertThat(stateOfTheHost().replaceAll("(?s)table ip6? mangle \\{.*?\\n\\}\\n", ""))
                .isEqualTo(before.replaceAll("(?s)table ip6? mangle \\{.*?\\n\\}\\n", ""));
        assertThat(isServed(CLIENT4, VIP4)).isTrue();
    }

    @Test
    void changingTheModeLeavesOneSetOfRulesAndNoGap() {
        install(DiversionRules.Mode.ROUTE);
        client4(40010).syn();
        DiversionRules queue = install(DiversionRules.Mode.NFQUEUE);
        client4(40011).syn();

        assertThat(verify(queue)).isEmpty();
        assertThat(server.sh("nft list tables")).doesNotContain("drcopy");
        DiversionRules route = install(DiversionRules.Mode.ROUTE);
        client4(40012).syn();

        assertThat(verify(route)).isEmpty();
        assertThat(server.sh("iptables -t mangle -S")).doesNotContain("DRCOPY");
        assertThat(leaks()).isEmpty();
    }
}
