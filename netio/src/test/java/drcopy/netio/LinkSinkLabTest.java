// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.MacAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Frames from one host to a gateway for targets behind it. */
@Tag("lab")
class LinkSinkLabTest {
    private static final String MAC1 = "02:00:00:00:05:02";
    private static final String MAC2 = "02:00:00:00:05:99";
    private static final String TARGET = "198.18.99.1";
    private static final String TARGET6 = "2001:db8:99::1";

    private NetNs sender;
    private NetNs gateway;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void connect() {
        sender = new NetNs("nio-lnk");
        gateway = new NetNs("nio-gtw");
        NetNs.link(sender, "eth0", gateway, "eth0");
        gateway.sh("ip link set eth0 address " + MAC1);
        sender.sh("ip addr add 198.18.5.1/24 dev eth0; ip addr add 2001:db8:5::1/64 dev eth0 nodad");
        gateway.sh("ip addr add 198.18.5.2/24 dev eth0; ip addr add 2001:db8:5::2/64 dev eth0 nodad");
        gateway.sh("ip addr add " + TARGET + " dev lo; ip addr add " + TARGET6 + " dev lo nodad");
        sender.sh("ip route add 198.18.99.0/24 via 198.18.5.2; ip -6 route add 2001:db8:99::/64 via 2001:db8:5::2");
        gateway.sh("ip route add default via 198.18.5.1; ip -6 route add default via 2001:db8:5::1");
    }

    @AfterEach
    void disconnect() throws Exception {
        for (AutoCloseable closing : open) {
            closing.close();
        }
        sender.close();
        gateway.close();
    }

    private static NextHop to(String target, long mac) {
        try {
            return new NextHop(InetAddress.getByName(target), MacAddress.NONE, mac);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private LinkSink sink(NextHop... hops) {
        LinkSink sink = sender.call(() -> new LinkSink(1500, new NextHops("eth0", List.of(hops))));
        open.add(sink);
        return sink;
    }

    private static void send(LinkSink sink, String source, String destination, int payload) {
        sink.commit(TestPackets.write(sink.claim(), source, 40000, destination, 8080, 1, TestPackets.SYN, payload));
        sink.flush();
    }

    private static boolean happens(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return condition.getAsBoolean();
    }

    @Test
    void passesTheFirewallAndArrivesThroughTheGatewayThatTheKernelResolves() {
        sender.sh("nft add table inet wall; nft add chain inet wall out '{ type filter hook output priority 0; }';"
                + "nft add rule inet wall out tcp dport 8080 drop");
        NextHop hop = to(TARGET, MacAddress.NONE);
        NextHop hop6 = to(TARGET6, MacAddress.NONE);
        LinkSink sink = sink(hop, hop6);
        try (AfPacketSource source =
                gateway.call(() -> new AfPacketSource(CaptureOptions.incoming(List.of("eth0"), "tcp dst port 8080")))) {
            Captured seen = new Captured();
            assertThat(happens(() -> hop.mac() != MacAddress.NONE && hop6.mac() != MacAddress.NONE))
                    .isTrue();

            send(sink, "198.19.7.7", TARGET, 3);
            send(sink, "2001:db8:77::7", TARGET6, 5);

            assertThat(seen.pollUntil(source, () -> seen.lines.size() >= 2)).isTrue();
            assertThat(seen.lines)
                    .containsExactlyInAnyOrder(
                            "198.19.7.7:40000 > 198.18.99.1:8080 2 3",
                            "[2001:db8:77::7]:40000 > [2001:db8:99::1]:8080 2 5");
            assertThat(MacAddress.text(hop.mac())).isEqualTo(MAC1);
            assertThat(sink.errors().byName()).isEmpty();
            // The kernel's own IP took both: header, length and checksums are right.
            assertThat(happens(() -> gateway.sh("nstat -asz TcpOutRsts").contains("TcpOutRsts                      2")))
                    .isTrue();
        }
    }

    @Test
    void followsTheGatewaysNewAddress() {
        NextHop hop = to(TARGET, MacAddress.NONE);
        sink(hop);
        assertThat(happens(() -> MacAddress.text(hop.mac()).equals(MAC1))).isTrue();

        sender.sh("ip neigh replace 198.18.5.2 lladdr " + MAC2 + " dev eth0 nud permanent");

        assertThat(happens(() -> MacAddress.text(hop.mac()).equals(MAC2))).isTrue();
    }

    @Test
    void countsWhatHasNoNextHop() {
        NextHop silent = to("198.18.5.77", MacAddress.NONE);
        LinkSink sink = sink(silent);

        send(sink, "198.19.7.7", "198.18.5.77", 0);

        assertThat(sink.errors().count(Errno.EHOSTUNREACH)).isOne();
        assertThat(sink.sent()).isZero();
    }

    @Test
    void asksNobodyForAnAddressThatIsGiven() {
        NextHop hop = to(TARGET, MacAddress.parse(MAC2));
        LinkSink sink = sink(hop);

        send(sink, "198.19.7.7", TARGET, 0);

        assertThat(sink.sent()).isOne();
        assertThat(hop.gateway()).isNull();
        assertThat(MacAddress.text(hop.mac())).isEqualTo(MAC2);
    }
}
