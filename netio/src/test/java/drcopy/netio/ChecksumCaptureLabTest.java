// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel says about a captured packet's checksums. */
@Tag("lab")
class ChecksumCaptureLabTest {
    private static final String FILTER = "tcp dst port 8080";
    private static final String SEND =
            "python3 -c \"import socket; s=socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('eth0', 0));"
                    + " s.send(bytes.fromhex('%s'))\"";
    private static final String MACS = "ffffffffffff" + "020000000001";
    private static final String TWO_TAGS = "88a80064" + "81000007";

    private NetNs sender;
    private NetNs receiver;
    private final List<String> seen = new ArrayList<>();

    @BeforeEach
    void connect() {
        sender = new NetNs("nio-csn");
        receiver = new NetNs("nio-crc");
        NetNs.link(sender, "eth0", receiver, "eth0");
        sender.sh("ip addr add 198.18.7.1/24 dev eth0");
        sender.sh("ip neigh add 198.18.7.2 lladdr ff:ff:ff:ff:ff:ff dev eth0 nud permanent");
    }

    @AfterEach
    void disconnect() {
        sender.close();
        receiver.close();
    }

    /** A frame as it is, whose checksums nobody vouches for. */
    private void send(String tags) {
        ByteBuffer packet = ByteBuffer.allocate(1500);
        int length = TestPackets.write(packet, "198.18.7.1", 40000, "198.18.7.2", 8080, 1, TestPackets.SYN, 5);
        sender.sh(SEND.formatted(MACS + tags + "0800" + HexFormat.of().formatHex(packet.array(), 0, length)));
    }

    /** A SYN whose checksum a device is to fill in. */
    private void connectInVain() {
        sender.sh("timeout 0.2 bash -c 'echo > /dev/tcp/198.18.7.2/8080' 2>/dev/null || true");
    }

    private void await(AfPacketSource source, int count) {
        PacketHandler handler = new PacketHandler() {
            @Override
            public void onPacket(ByteBuffer buffer, int offset, int captured, int wire, long timestampNs) {
                seen.add("fine " + captured);
            }

            @Override
            public void onUnverified(ByteBuffer buffer, int offset, int captured, int wire, long timestampNs) {
                seen.add("unverified " + captured);
            }
        };
        long endNs = System.nanoTime() + 10_000_000_000L;
        try (Poller poller = new Poller(source.fileDescriptor())) {
            while (seen.size() < count && System.nanoTime() < endNs) {
                if (source.poll(handler, 100) == 0) {
                    poller.await(50_000_000L);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CaptureOptions.Mode.class)
    void isToldFromWhatNobodyHasVerified(CaptureOptions.Mode mode) {
        CaptureOptions options =
                CaptureOptions.incoming(List.of("eth0"), FILTER).withMode(mode);
        try (AfPacketSource source = receiver.call(() -> new AfPacketSource(options))) {
            send("");
            await(source, 1);
            send(TWO_TAGS);
            await(source, 2);
            connectInVain();
            await(source, 3);
            // Receive offload sums what it takes in; on a veth, of senders without TSO.
            sender.sh("ethtool -K eth0 tso off");
            receiver.sh("ethtool -K eth0 gro on");
            send("");
            await(source, 4);

            assertThat(seen).startsWith("unverified 45", "unverified 45", "fine 60", "fine 45");
        }
    }
}
