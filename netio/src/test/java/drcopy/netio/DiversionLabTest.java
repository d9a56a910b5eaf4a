// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real server with the VIP on {@code lo}, whose own TCP answers; and the host of its clients, where nothing may arrive. */
@Tag("lab")
class DiversionLabTest {
    private static final String VIP4 = "198.18.11.100";
    private static final String VIP6 = "2001:db8:11::100";
    private static final String CLIENT4 = "198.19.7.7";
    private static final String CLIENT6 = "2001:db8:99::7";
    private static final List<DivertedService> SERVICES =
            List.of(DivertedService.parse(VIP4 + ":8080"), DivertedService.parse("[" + VIP6 + "]:8080"));
    private static final int QUEUE = 5;

    private static final String SERVER =
            """
            import socket, sys, threading
            def serve(c):
                while c.recv(65536): c.sendall(b'r' * 5000)
            s = socket.create_server(('::', 8080), family=socket.AF_INET6, dualstack_ipv6=True, backlog=500)
            sys.stdout.write('r'); sys.stdout.flush()
            while True:
                c, _ = s.accept()
                threading.Thread(target=serve, args=(c,), daemon=True).start()
            """;

    private NetNs server;
    private NetNs clients;
    private Process service;
    private AfPacketSource watch;
    private final Captured leaked = new Captured();

    @BeforeEach
    void connect() throws IOException {
        server = new NetNs("nio-srv");
        clients = new NetNs("nio-cli");
        NetNs.link(server, "eth0", clients, "eth0");
        server.sh("ip addr add 198.18.5.2/24 dev eth0; ip addr add 2001:db8:5::2/64 dev eth0 nodad;"
                + "ip addr add " + VIP4 + "/32 dev lo; ip addr add " + VIP6 + "/128 dev lo nodad;"
                + "ip route add default via 198.18.5.1; ip -6 route add default via 2001:db8:5::1");
        clients.sh("ip addr add 198.18.5.1/24 dev eth0; ip addr add 2001:db8:5::1/64 dev eth0 nodad;"
                + "ip addr add " + CLIENT4 + "/32 dev lo; ip addr add " + CLIENT6 + "/128 dev lo nodad;"
                + "ip route add " + VIP4 + " via 198.18.5.2; ip -6 route add " + VIP6 + " via 2001:db8:5::2");
        service = server.start("python3", "-c", SERVER);
        assertThat(service.getInputStream().read()).isEqualTo('r');
        watch = clients.call(() -> new AfPacketSource(
                CaptureOptions.incoming(List.of("any"), "src host " + VIP4 + " or src host " + VIP6)));
    }

    @AfterEach
    void disconnect() {
        kill(service);
        watch.close();
        server.close();
        clients.close();
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private DiversionRules install(DiversionRules.Mode mode, String... pass) {
        List<AddressRange> ranges =
                List.of(pass).stream().map(AddressRange::parse).toList();
        DiversionRules rules = DiversionRules.of(mode, SERVICES, ranges, QUEUE);
        server.call(() -> {
            rules.install();
            return null;
        });
        return rules;
    }

    private List<String> verify(DiversionRules rules) {
        return server.call(rules::verify);
    }

    private PacketSource reader(DiversionRules.Mode mode) {
        return server.call(() -> mode == DiversionRules.Mode.ROUTE
                ? new AfPacketSource(CaptureOptions.outgoing(DiversionRules.CAPTURE_DEVICE, "tcp"))
                : new NfQueueSource(QUEUE, 160, 4096));
    }

    private SpoofedClient client4(int port) {
        return new SpoofedClient(clients, CLIENT4, port, VIP4, 8080);
    }

    private SpoofedClient client6(int port) {
        return new SpoofedClient(clients, CLIENT6, port, VIP6, 8080);
    }

    private List<String> leaks() {
        leaked.pollUntilQuiet(watch, 100);
        return leaked.lines;
    }

    /** A real client's request, from its own kernel; whether it had the whole response. */
    private boolean isServed(String source, String vip) {
        String program = "import socket; s=socket.create_connection(('" + vip + "',8080), 1, ('" + source + "',0));"
                + "s.sendall(b'x'); n=0\n"
                + "while n < 5000: n += len(s.recv(65536))";
        return clients.call(() -> {
            Process process = new ProcessBuilder("python3", "-c", program)
                    .redirectErrorStream(true)
                    .start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        });
    }

    private String stateOfTheHost() {
        return server.sh("nft list ruleset; ip rule; ip -6 rule; ip route show table all; ip -6 route show table all;"
                + "ip -br link; iptables -t mangle -S 2>&1; ip6tables -t mangle -S 2>&1");
    }

    @Test
    void withoutDiversionTheWatchSeesResponses() {
        client4(40000).syn();

        assertThat(leaked.pollUntil(watch, () -> !leaked.lines.isEmpty())).isTrue();
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void connectionsLiveOnTheirDivertedResponses(DiversionRules.Mode mode) {
        DiversionRules rules = install(mode);
        try (PacketSource source = reader(mode)) {
            assertThat(client4(40001).exchangesTwice(source)).isTrue();
            assertThat(client6(40002).exchangesTwice(source)).isTrue();
            for (int port = 41000; port < 41030; port++) {
                assertThat(client4(port).exchangesTwice(source)).isTrue();
            }
        }

        assertThat(leaks()).isEmpty();
        assertThat(verify(rules)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void resetsOfAClosedPortAreDiverted(DiversionRules.Mode mode) {
        DiversionRules rules = DiversionRules.of(mode, List.of(DivertedService.parse("*:8081")), List.of(), QUEUE);
        server.call(() -> {
            rules.install();
            return null;
        });
        try (PacketSource source = reader(mode)) {
            assertThat(new SpoofedClient(clients, CLIENT4, 40003, VIP4, 8081).isRefused(source))
                    .isTrue();
            assertThat(new SpoofedClient(clients, CLIENT6, 40003, VIP6, 8081).isRefused(source))
                    .isTrue();
        }

        assertThat(leaks()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void errorsOfAFirewallAboutOurPacketsDoNotLeak(DiversionRules.Mode mode) {
        install(mode);
        server.sh("nft 'add table inet fw; add chain inet fw in { type filter hook input priority 0; };"
                + "add rule inet fw in tcp dport 8080 reject with icmpx type port-unreachable'");

        client4(40004).syn();
        client6(40004).syn();
        assertThat(leaks()).isEmpty();

        server.call(() -> {
            DiversionRules.release();
            return null;
        });
        client4(40005).syn();
        client6(40005).syn();
        assertThat(leaks()).hasSize(2).containsOnly("NOT_TCP");
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void nothingLeaksWithoutAReader(DiversionRules.Mode mode) {
        install(mode);

        for (int port = 42000; port < 42200; port++) {
            client4(port).syn();
            client6(port).syn();
        }

        assertThat(leaks()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void nothingLeaksWhenTheReaderIsKilled(DiversionRules.Mode mode) throws Exception {
        String java = ProcessHandle.current().info().command().orElseThrow();
        Process reader = server.start(
                java,
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                DiversionReader.class.getName(),
                mode.name(),
                VIP4 + ":8080",
                "[" + VIP6 + "]:8080");
        assertThat(reader.getInputStream().read()).isEqualTo('r');

        for (int port = 42000; port < 42400; port++) {
            client4(port).syn();
            client6(port).syn();
            if (port == 42200) {
                kill(reader);
            }
        }
        reader.waitFor();

        assertThat(leaks()).isEmpty();
        DiversionRules adopted = install(mode);
        try (PacketSource source = reader(mode)) {
            assertThat(client4(43000).exchangesTwice(source)).isTrue();
        }
        assertThat(verify(adopted)).isEmpty();
        assertThat(leaks()).isEmpty();
    }

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
                            "IPv6 routes of table 36524 is missing");

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
    void passedAddressesAreServedAndOthersAreNot(DiversionRules.Mode mode) {
        DiversionRules rules = install(mode, "198.18.5.0/24", "2001:db8:5::1");
        try (PacketSource source = reader(mode)) {
            assertThat(isServed("198.18.5.1", VIP4)).isTrue();
            assertThat(isServed("2001:db8:5::1", VIP6)).isTrue();
            assertThat(isServed(CLIENT4, VIP4)).isFalse();

            server.call(() -> {
                rules.setPass(List.of(AddressRange.parse(CLIENT4)));
                return null;
            });

            assertThat(isServed(CLIENT4, VIP4)).isTrue();
            assertThat(isServed("198.18.5.1", VIP4)).isFalse();
            assertThat(isServed("2001:db8:5::1", VIP6)).isFalse();
            assertThat(verify(rules)).isEmpty();
            assertThat(source.kernelDrops()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void theHostItselfIsServed(DiversionRules.Mode mode) {
        install(mode);
        String program =
                "import socket; s=socket.create_connection(('" + VIP4 + "',8080), 2); s.sendall(b'x'); s.recv(1)";

        assertThat(server.sh("python3 -c \"" + program + "\" && echo served")).contains("served");
    }

    @ParameterizedTest
    @EnumSource(DiversionRules.Mode.class)
    void otherServicesOfTheHostAreUntouched(DiversionRules.Mode mode) {
        install(mode);

        assertThat(clients.sh("python3 -c \"import socket; s=socket.create_connection(('198.18.5.2',8080), 2);"
                        + "s.sendall(b'x'); s.recv(1)\" && echo served"))
                .contains("served");
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

    @Test
    void aSecondReaderOfAQueueIsRefusedWithAReason() {
        install(DiversionRules.Mode.NFQUEUE);
        try (PacketSource first = reader(DiversionRules.Mode.NFQUEUE)) {
            assertThat(first.fileDescriptor()).isPositive();
            assertThatThrownBy(() -> reader(DiversionRules.Mode.NFQUEUE))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("another process reads this queue");
        }
    }
}
