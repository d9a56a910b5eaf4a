// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing that the real server answers reaches its clients, and its connections live all the same. */
@Tag("lab")
class DiversionLabTest extends RealServerLab {
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
    void datagramsAndErrorsAboutThemAreDiverted(DiversionRules.Mode mode) throws Exception {
        install(mode);

        datagrams();
        assertThat(leaks()).as("errors: nobody listens").isEmpty();
        String program = "import socket, sys, threading\n"
                + "def serve(s):\n"
                + "  while True: s.sendto(b'r', s.recvfrom(99)[1])\n"
                + "for family, vip in ((socket.AF_INET, '" + VIP4 + "'), (socket.AF_INET6, '" + VIP6 + "')):\n"
                + "  s = socket.socket(family, socket.SOCK_DGRAM); s.bind((vip, 8080))\n"
                + "  threading.Thread(target=serve, args=(s,)).start()\n"
                + "sys.stdout.write('r'); sys.stdout.flush()";
        Process echo = server.start("python3", "-c", program);
        assertThat(echo.getInputStream().read()).isEqualTo('r');
        try {
            datagrams();
            assertThat(leaks()).as("answers").isEmpty();

            server.call(() -> {
                DiversionRules.release();
                return null;
            });
            datagrams();
            assertThat(leaks()).as("answers, not diverted any more").hasSize(2).containsOnly("NOT_TCP");
        } finally {
            kill(echo);
        }
    }

    /** One of each family to the service, from a client's address. */
    private void datagrams() {
        for (String[] way : new String[][] {{"", CLIENT4, VIP4}, {"6", CLIENT6, VIP6}}) {
            clients.sh("python3 -c \"import socket; s=socket.socket(socket.AF_INET" + way[0] + ", socket.SOCK_DGRAM);"
                    + "s.bind(('" + way[1] + "',40006)); s.sendto(b'x', ('" + way[2] + "', 8080))\"");
        }
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
