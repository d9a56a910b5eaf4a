// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A real server with the VIP on {@code lo}, whose own TCP answers; and the host of its clients, where nothing may arrive. */
class RealServerLab {
    static final String VIP4 = "198.18.11.100";
    static final String VIP6 = "2001:db8:11::100";
    static final String CLIENT4 = "198.19.7.7";
    static final String CLIENT6 = "2001:db8:99::7";
    static final List<DivertedService> SERVICES =
            List.of(DivertedService.parse(VIP4 + ":8080"), DivertedService.parse("[" + VIP6 + "]:8080"));
    static final int QUEUE = 5;

    static final String SERVER =
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

    NetNs server;
    NetNs clients;
    Process service;
    AfPacketSource watch;
    final Captured leaked = new Captured();

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

    static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    DiversionRules install(DiversionRules.Mode mode, String... pass) {
        List<AddressRange> ranges =
                List.of(pass).stream().map(AddressRange::parse).toList();
        DiversionRules rules = DiversionRules.of(mode, SERVICES, ranges, QUEUE);
        server.call(() -> {
            rules.install();
            return null;
        });
        return rules;
    }

    List<String> verify(DiversionRules rules) {
        return server.call(rules::verify);
    }

    PacketSource reader(DiversionRules.Mode mode) {
        return server.call(() -> mode == DiversionRules.Mode.ROUTE
                ? new AfPacketSource(CaptureOptions.outgoing(DiversionRules.CAPTURE_DEVICE, "tcp"))
                : new NfQueueSource(QUEUE, 160, 4096));
    }

    SpoofedClient client4(int port) {
        return new SpoofedClient(clients, CLIENT4, port, VIP4, 8080);
    }

    SpoofedClient client6(int port) {
        return new SpoofedClient(clients, CLIENT6, port, VIP6, 8080);
    }

    List<String> leaks() {
        leaked.pollUntilQuiet(watch, 100);
        return leaked.lines;
    }

    /** A real client's request, from its own kernel; whether it had the whole response. */
    boolean isServed(String source, String vip) {
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

    String stateOfTheHost() {
        return server.sh(
                "nft list ruleset; ip rule; ip -6 rule; ip route show table all; ip -6 route show table all;"
                        + "ip -br link; tc qdisc; tc filter show dev eth0 egress; tc actions list action mirred; iptables -t mangle -S 2>&1; ip6tables -t mangle -S 2>&1");
    }
}
