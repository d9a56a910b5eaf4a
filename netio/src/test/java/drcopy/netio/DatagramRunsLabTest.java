// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.DatagramBuilder;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of datagrams of a real kernel, on devices with and without a header of their own, are captured as single datagrams. */
@Tag("lab")
class DatagramRunsLabTest {
    private static final String SEND =
            "python3 -c \"import socket, sys; s = socket.socket(socket.AF_INET6 if ':' in '%1$s' else socket.AF_INET, socket.SOCK_DGRAM);"
                    + " s.setsockopt(17, 103, 1200);"
                    + " [s.sendto(bytes([n]) * 12000, ('%1$s', 4433)) for n in range(100)]\"";
    /** To a tun device, by IFF_TUN and IFF_NO_PI. */
    private static final String WRITE = "python3 -c \"import fcntl, os, struct; t = os.open('/dev/net/tun', os.O_RDWR);"
            + " fcntl.ioctl(t, 0x400454ca, struct.pack('16sH22x', b'tun1', 0x1001));"
            + " [os.write(t, bytes.fromhex('%s')) for n in range(10)]\"";

    private static final int UDP_BYTES = IpPacket.UDP_HEADER_LENGTH + 1_200;

    private NetNs sender;
    private NetNs receiver;

    @BeforeEach
    void connect() {
        sender = new NetNs("nio-drs");
        receiver = new NetNs("nio-drr");
        NetNs.link(sender, "eth0", receiver, "eth0");
        sender.sh("ip addr add 198.18.7.1/24 dev eth0 && ip addr add 2001:db8:7::1/64 dev eth0 nodad");
        receiver.sh("ip addr add 198.18.7.2/24 dev eth0 && ip addr add 2001:db8:7::2/64 dev eth0 nodad");
    }

    @AfterEach
    void disconnect() {
        sender.close();
        receiver.close();
    }

    private static CaptureOptions options(String device, String filter) {
        return CaptureOptions.incoming(List.of(device), filter).splittingDatagrams();
    }

    @ParameterizedTest
    @CsvSource({
        "any, 198.18.7.2, dst host 198.18.7.2",
        "eth0, 2001:db8:7::2, dst host 2001:db8:7::2",
        "eth0, 198.18.7.2, dst host 198.18.7.2"
    })
    void areSingleDatagrams(String device, String target, String host) {
        CaptureOptions options = options(device, "udp dst port 4433 and " + host);
        try (AfPacketSource source = receiver.call(() -> new AfPacketSource(options))) {
            seesAll(source, sender, target);
        }
    }

    /** A device that puts no header before the packets: the kernel's filter finds theirs. */
    @Test
    void packetsOfADeviceWithoutHeadersAreSeen() {
        receiver.sh("ip tuntap add tun1 mode tun && ip link set tun1 up");
        ByteBuffer packet = DatagramBuilder.datagram("198.19.7.1", 4321, "198.19.7.2", 4433, "0123456789".repeat(120));
        byte[] bytes = new byte[packet.limit()];
        packet.get(0, bytes);
        CaptureOptions options = options("any", "udp dst port 4433 and dst host 198.19.7.2");
        try (AfPacketSource source = receiver.call(() -> new AfPacketSource(options))) {
            Sizes sizes = new Sizes();
            receiver.sh(WRITE.formatted(HexFormat.of().formatHex(bytes)));

            assertThat(new Captured().pollUntil(sizes.of(source), () -> sizes.seen == 10))
                    .isTrue();
        }
    }

    @Test
    void areSingleDatagramsOnTheLoopback() {
        CaptureOptions options = options("any", "udp dst port 4433");
        try (AfPacketSource source = receiver.call(() -> new AfPacketSource(options))) {
            seesAll(source, receiver, "::1");
        }
    }

    private static void seesAll(AfPacketSource source, NetNs from, String target) {
        Sizes sizes = new Sizes();
        Captured waiter = new Captured();
        from.sh(SEND.formatted(target));

        assertThat(waiter.pollUntil(sizes.of(source), () -> sizes.seen == 1_000))
                .isTrue();
        waiter.pollUntilQuiet(sizes.of(source), 30);
        assertThat(sizes.seen).isEqualTo(1_000);
        assertThat(sizes.sumOfFirstBytes).isEqualTo(10 * 4_950);
        assertThat(source.kernelDrops()).isZero();
    }

    /** Looks at each datagram. */
    private static final class Sizes implements PacketHandler {
        private final IpPacket packet = new IpPacket();
        private int seen;
        private int sumOfFirstBytes;

        @Override
        public void onPacket(ByteBuffer buffer, int offset, int captured, int wire, long timestampNs) {
            assertThat(packet.wrapDatagram(buffer, offset, captured, wire)).isEqualTo(PacketDefect.NONE);
            assertThat(packet.totalLength() - packet.ipHeaderLength())
                    .isEqualTo(UDP_BYTES)
                    .isEqualTo(captured - packet.ipHeaderLength());
            sumOfFirstBytes += buffer.get(packet.payloadOffset());
            seen++;
        }

        /** The source, whose packets come here. */
        PacketSource of(AfPacketSource source) {
            return new PacketSource() {
                @Override
                public int poll(PacketHandler ignored, int limit) {
                    return source.poll(Sizes.this, limit);
                }

                @Override
                public int fileDescriptor() {
                    return source.fileDescriptor();
                }

                @Override
                public long kernelDrops() {
                    return source.kernelDrops();
                }

                @Override
                public void close() {}
            };
        }
    }
}
