// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.MacAddress;
import drcopy.wire.SegmentBuilder;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
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

    /** Takes the gateway's packets as they are, the bytes of each. */
    private static List<ByteBuffer> received(AfPacketSource source, int howMany) {
        List<ByteBuffer> packets = new ArrayList<>();
        PacketHandler keep = (buffer, offset, capturedLength, wireLength, timestampNs) ->
                packets.add(ByteBuffer.allocate(capturedLength).put(0, buffer, offset, capturedLength));
        assertThat(happens(() -> {
                    source.poll(keep, 1000);
                    return packets.size() >= howMany;
                }))
                .as("packets of %d: %d", howMany, packets.size())
                .isTrue();
        return packets;
    }

    /** A stream of 100 full segments and a shorter one, with PSH and FIN at its end. */
    private static List<ByteBuffer> stream(String source, String target, int segmentSize) {
        List<ByteBuffer> packets = new ArrayList<>();
        for (int i = 0; i <= 100; i++) {
            SegmentBuilder segment = SegmentBuilder.segment(source, 40000, target, 8080)
                    .seq(-9 * segmentSize + i * segmentSize)
                    .ack(5)
                    .window(400)
                    .identification(65_500 + i & 0xffff)
                    .flowLabel(0x54321)
                    .trafficClass(8)
                    .hopLimit(63)
                    .timestamps(1, 2)
                    .payload(i == 100 ? 33 : segmentSize);
            packets.add((i == 100 ? segment.psh().fin() : segment).build());
        }
        return packets;
    }

    private static List<String> ofVersion(int version, List<ByteBuffer> packets) {
        return packets.stream()
                .filter(packet -> packet.get(0) >>> 4 == version)
                .map(LinkSinkLabTest::hex)
                .toList();
    }

    private static String hex(ByteBuffer packet) {
        byte[] bytes = new byte[packet.limit()];
        packet.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void segmentsOfARunLeaveAsOneFrameAndArriveAsTheyWereWritten() {
        sender.sh("ethtool -K eth0 tx off tso off gso off");
        gateway.sh("ethtool -K eth0 gro off; ethtool -K eth0 rx off");
        LinkSink sink = sink(to(TARGET, MacAddress.parse(MAC1)), to(TARGET6, MacAddress.parse(MAC1)));
        List<ByteBuffer> written = new ArrayList<>();
        written.addAll(stream("198.19.7.7", TARGET, 1448));
        written.addAll(stream("2001:db8:77::7", TARGET6, 1428));
        written.addAll(stream("198.19.7.8", TARGET, 536));
        try (AfPacketSource source =
                gateway.call(() -> new AfPacketSource(CaptureOptions.incoming(List.of("eth0"), "tcp dst port 8080")))) {
            for (ByteBuffer packet : written) {
                sink.claim().put(0, packet, 0, packet.limit());
                sink.commit(packet.limit());
            }
            sink.flush();

            List<ByteBuffer> received = received(source, written.size());
            assertThat(received).hasSameSizeAs(written);
            // The capture has a ring for each family.
            assertThat(ofVersion(4, received)).isEqualTo(ofVersion(4, written));
            assertThat(ofVersion(6, received)).isEqualTo(ofVersion(6, written));
            assertThat(sink.errors().byName()).isEmpty();
            assertThat(sink.sent()).isEqualTo(written.size());
            // At most 45 segments in a frame: 45, 45, 11, of the second stream 27 | 45, 29, of the third 54 | 47; |
            // ends a batch.
            assertThat(sink.sentFrames()).isEqualTo(8);
        }
    }

    @Test
    void segmentsLongerThanTheDeviceTakesAreRefusedEach() {
        sender.sh("ip link set eth0 mtu 1400");
        LinkSink sink = sink(to(TARGET, MacAddress.parse(MAC1)));

        for (ByteBuffer packet : stream("198.19.7.7", TARGET, 1448)) {
            sink.claim().put(0, packet, 0, packet.limit());
            sink.commit(packet.limit());
        }
        sink.flush();

        assertThat(sink.errors().count(Errno.EMSGSIZE)).isEqualTo(100);
        assertThat(sink.sent()).isOne();
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
