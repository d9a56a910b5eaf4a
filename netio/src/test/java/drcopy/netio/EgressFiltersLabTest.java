// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one line of defence loses the other holds, and nobody need be there to put it right. */
@Tag("lab")
class EgressFiltersLabTest extends RealServerLab {
    private static final String FLUSH_RULES =
            "ip rule flush; ip rule add pref 32766 lookup main; ip -6 rule flush; ip -6 rule add pref 32766 lookup main";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nft flush ruleset",
                "ip rule del pref 90; ip -6 rule del pref 90",
                FLUSH_RULES,
                "ip route flush table 36524; ip -6 route flush table 36524",
                "ip link del drcopy0",
                "ip link set drcopy0 down",
                "ip link set drcopy1 down",
                "tc filter del dev eth0 egress",
                "tc qdisc del dev eth0 clsact",
                "nft flush ruleset; " + FLUSH_RULES + "; ip link del drcopy0; ip route flush table 36524",
                "tc qdisc del dev eth0 clsact; ip link del drcopy0; ip route flush table 36524; " + FLUSH_RULES,
            })
    void nothingLeaksWhenALineIsTakenAwayAndNobodyRepairsIt(String fault) {
        install(DiversionRules.Mode.ROUTE);

        server.sh(fault);
        sendFromEverywhere();

        assertThat(leaks()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables -t mangle -F; ip6tables -t mangle -F", "tc qdisc del dev eth0 clsact"})
    void nothingLeaksInModeNfqueue(String fault) {
        install(DiversionRules.Mode.NFQUEUE);

        server.sh(fault);
        sendFromEverywhere();

        assertThat(leaks()).isEmpty();
    }

    /** Answers of the service and of ports that are none, an answer to a ping, calls to a client: all from the VIP. */
    private void sendFromEverywhere() {
        client4(40100).syn();
        client6(40100).syn();
        new SpoofedClient(clients, CLIENT4, 40101, VIP4, 9999).syn();
        new SpoofedClient(clients, CLIENT6, 40101, VIP6, 9999).syn();
        clients.sh("ping -c 1 -W 0.1 -I " + CLIENT4 + " " + VIP4 + "; ping -c 1 -W 0.1 -I " + CLIENT6 + " " + VIP6
                + " || true");
        server.sh("python3 -c \"import socket\n" + "for f, a, c in ((socket.AF_INET, '" + VIP4 + "', '" + CLIENT4
                + "'), (socket.AF_INET6, '" + VIP6 + "', '" + CLIENT6 + "')):\n"
                + "  t = socket.socket(f); t.bind((a, 20)); t.setblocking(False); t.connect_ex((c, 5000))\n"
                + "  u = socket.socket(f, socket.SOCK_DGRAM); u.bind((a, 0))\n"
                + "  try: u.sendto(b'tftp', (c, 5000))\n"
                + "  except OSError: pass\"");
    }

    @Test
    void whatTheSecondLineCatchesIsCapturedAsTheRest() {
        install(DiversionRules.Mode.ROUTE);
        try (PacketSource source = reader(DiversionRules.Mode.ROUTE)) {
            server.sh("nft flush ruleset; ip rule del pref 90; ip -6 rule del pref 90");

            assertThat(client4(40110).exchangesTwice(source)).isTrue();
            assertThat(client6(40111).exchangesTwice(source)).isTrue();
        }
        assertThat(leaks()).isEmpty();
    }

    @Test
    void filtersPointToANewDeadEndAfterRepair() {
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);
        server.sh("ip link del drcopy0");
        server.call(() -> {
            rules.repair();
            return null;
        });
        assertThat(verify(rules)).isEmpty();
        server.sh("nft flush ruleset");

        try (PacketSource source = reader(DiversionRules.Mode.ROUTE)) {
            assertThat(client4(40112).exchangesTwice(source)).isTrue();
        }
        assertThat(leaks()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void aDeviceThatComesLaterIsFollowedAndToldOfByTheKernel(DiversionRules.Mode mode) {
        DiversionRules rules = install(mode);
        assertThat(server.<List<String>>call(rules::follow)).isEmpty();
        try (RuleWatch changes = server.call(RuleWatch::new)) {
            server.sh("ip link add late0 type veth peer name late1; ip link set late0 up");
            assertThat(changes.hasChanged()).isTrue();
        }

        assertThat(server.<List<String>>call(rules::follow))
                .containsExactly("packets that leave by late0", "packets that leave by late1");
        assertThat(server.<List<String>>call(rules::follow)).isEmpty();
        assertThat(verify(rules)).isEmpty();
        server.sh("tc filter del dev late0 egress pref 90 2>&1; tc filter del dev late0 egress pref 91 2>&1;"
                + "tc filter del dev late0 egress pref 93 2>&1 || true");
        assertThat(verify(rules)).containsExactly("egress filters of late0 are missing");
        server.call(() -> {
            rules.repair();
            return null;
        });
        assertThat(verify(rules)).isEmpty();
        server.sh("ip link del late0");
        assertThat(server.<List<String>>call(rules::follow)).isEmpty();
        assertThat(verify(rules)).isEmpty();
    }

    @Test
    void theKernelTellsOfFiltersThatAreTakenAway() {
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);
        try (RuleWatch changes = server.call(RuleWatch::new)) {
            server.sh("tc filter del dev eth0 egress");
            assertThat(changes.hasChanged()).isTrue();
        }
        assertThat(verify(rules)).containsExactly("egress filters of eth0 are missing");
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void passedAddressesPassTheSecondLineAsWell(DiversionRules.Mode mode) {
        DiversionRules rules = install(mode, "198.18.5.0/24", "2001:db8:5::1");
        server.sh("nft flush ruleset; iptables -t mangle -F; ip6tables -t mangle -F");
        assertThat(isServed("198.18.5.1", VIP4)).isTrue();
        assertThat(isServed("2001:db8:5::1", VIP6)).isTrue();
        assertThat(isServed(CLIENT4, VIP4)).isFalse();
        server.call(() -> {
            rules.repair();
            return null;
        });

        server.call(() -> {
            rules.setPass(List.of(AddressRange.parse(CLIENT4)));
            return null;
        });
        server.sh("nft flush ruleset; iptables -t mangle -F; ip6tables -t mangle -F");

        assertThat(isServed(CLIENT4, VIP4)).isTrue();
        assertThat(isServed("198.18.5.1", VIP4)).isFalse();
        assertThat(isServed("2001:db8:5::1", VIP6)).isFalse();
    }

    @Test
    void anAddressThatTheHostLivesByLosesItsServiceAlone() {
        String own = "198.18.5.2";
        DiversionRules rules = DiversionRules.of(
                DiversionRules.Mode.ROUTE,
                List.of(DivertedService.parse(own + ":8080"), DivertedService.parse("[2001:db8:5::2]:8080")),
                List.of(),
                QUEUE);
        server.call(() -> {
            rules.install();
            return null;
        });
        String other = "nc=socket.create_connection(('" + own + "', 22), 2); nc.recv(1)";
        server.sh(
                "(python3 -c \"import socket; s=socket.create_server(('" + own
                        + "', 22)); s.accept()[0].sendall(b'x')\" >/dev/null 2>&1 &) ; for i in $(seq 100); do ss -ltn | grep -q ':22 ' && break; sleep 0.05; done");

        assertThat(server.<String>call(rules::text))
                .startsWith("what 198.18.5.2:8080, [2001:db8:5:0:0:0:0:2]:8080 sends, no other port");
        assertThat(clients.sh("python3 -c \"import socket; " + other + "\" && echo served"))
                .contains("served");
        assertThat(isServed("198.18.5.1", own)).isFalse();
        server.sh("nft flush ruleset");
        assertThat(isServed("198.18.5.1", own)).isFalse();
        assertThat(isServed("2001:db8:5::1", "2001:db8:5::2")).isFalse();
        server.sh("tc qdisc del dev eth0 clsact");
        assertThat(isServed("198.18.5.1", own)).isTrue();
    }

    @Test
    void aVipThatComesLaterIsDivertedWhole() {
        server.sh("ip addr del " + VIP4 + "/32 dev lo");
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);
        assertThat(server.<String>call(rules::text)).contains("what " + VIP4 + ":8080 sends, no other");
        try (RuleWatch changes = server.call(RuleWatch::new)) {
            server.sh("ip addr add " + VIP4 + "/32 dev lo");
            assertThat(changes.hasChanged()).isTrue();
        }

        assertThat(server.<List<String>>call(rules::follow))
                .containsExactly("all that " + VIP4 + ", 2001:db8:11:0:0:0:0:100 sends");
        assertThat(verify(rules)).isEmpty();
    }

    @Test
    void filtersOfOthersStay() {
        server.sh("tc qdisc add dev eth0 clsact;"
                + "tc filter add dev eth0 egress pref 7 protocol ip u32 match ip dst 203.0.113.9 flowid :1");
        install(DiversionRules.Mode.ROUTE);

        server.call(() -> {
            DiversionRules.release();
            return null;
        });

        assertThat(server.sh("tc filter show dev eth0 egress"))
                .contains("pref 7")
                .doesNotContain("drcopy0");
    }

    @Test
    void aDeviceWhoseHookAnotherQdiscHoldsIsToldOf() {
        server.sh("tc qdisc add dev eth0 ingress");
        DiversionRules rules = install(DiversionRules.Mode.ROUTE);

        assertThat(server.<String>call(rules::text)).contains("; no second line of defence on eth0: ");
        assertThat(server.<Set<String>>call(rules::unguarded)).containsExactly("eth0");
        assertThat(verify(rules)).isEmpty();
        assertThat(Arrays.asList(server.sh("tc qdisc show dev eth0").split("\\s")))
                .contains("ingress");
    }
}
