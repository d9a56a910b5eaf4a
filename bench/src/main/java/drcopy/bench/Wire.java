// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.netio.PacketSink;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * The pair of devices that {@code bench/run jmh} makes in a network namespace of its own: what goes out of {@link #FROM} to
 * {@link #target} comes in at {@link #TO}, where it can be captured, and ends there, for it is another host's.
 */
final class Wire {
    static final String FROM = "bench0";
    static final String TO = "bench1";
    /** The target's Ethernet address. */
    static final long TARGET_MAC = 0x02_00_00_00_00_09L;
    /** Bytes of the IP and TCP headers of a {@link #send packet}. */
    static final int HEADERS = 52;

    private static final int TARGET = 0xc6120509;

    private Wire() {}

    /** 198.18.5.9. */
    static InetAddress target() throws UnknownHostException {
        return InetAddress.getByAddress(
                ByteBuffer.allocate(Integer.BYTES).putInt(TARGET).array());
    }

    /** Fails where there is no such pair, so that nothing is sent anywhere else. */
    static void require() throws SocketException {
        if (NetworkInterface.getByName(FROM) == null || NetworkInterface.getByName(TO) == null) {
            throw new IllegalStateException("needs the devices " + FROM + " and " + TO
                    + ", which bench/run jmh makes, in a network namespace of its own, when root runs it");
        }
    }

    /** Has the device cut long frames and complete checksums, or the kernel before it. */
    static void offload(boolean isOn) throws IOException {
        String value = isOn ? "on" : "off";
        Process ethtool = new ProcessBuilder("ethtool", "-K", FROM, "tx", value, "tso", value, "gso", value)
                .inheritIO()
                .start();
        if (ethtool.onExit().join().exitValue() != 0) {
            throw new IllegalStateException("ethtool -K " + FROM + " failed");
        }
    }

    /** A packet of a client to the target, with {@code payload} bytes behind its headers. */
    static byte[] packet(int payload) {
        ByteBuffer packet = ByteBuffer.allocate(HEADERS + payload);
        Packets.header(packet, 0x18, HEADERS - Packets.IP_LENGTH);
        packet.putInt(16, TARGET).putInt(Packets.IP_LENGTH + 20, 0x0101080a);
        return packet.array();
    }

    /** Sends a packet {@code count} times as segments that follow each other, the last one pushed, and the batch. */
    static void sendRun(PacketSink sink, byte[] segment, int count) {
        int payload = segment.length - HEADERS;
        for (int i = 0; i < count; i++) {
            ByteBuffer room = sink.claim();
            room.put(0, segment).putShort(4, (short) i);
            TcpHeader.seq(room, Packets.IP_LENGTH, i * payload);
            TcpHeader.flags(room, Packets.IP_LENGTH, i < count - 1 ? TcpFlags.ACK : TcpFlags.PSH | TcpFlags.ACK);
            sink.commit(segment.length);
        }
        sink.flush();
    }

    /** Sends a packet {@code count} times, as batches of {@code batch}. */
    static void send(PacketSink sink, byte[] packet, int count, int batch) {
        for (int i = 1; i <= count; i++) {
            sink.claim().put(0, packet);
            sink.commit(packet.length);
            if (i % batch == 0) {
                sink.flush();
            }
        }
    }
}
