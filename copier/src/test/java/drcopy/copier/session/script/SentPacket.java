// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.wire.FlowKey;
import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** One packet the engine sent, kept whole. Made only of a packet that is well-formed and whose checksums are right. */
public final class SentPacket {
    /** When it was sent. */
    public final long timeNs;
    /** The replica's addresses. */
    public final FlowKey key;
    /** The route that was announced for them last, when the packet was sent. */
    public final RouteBook.Route route;
    /** Connections on the same addresses before this one. */
    public final int generation;

    private final ByteBuffer bytes;
    private final IpPacket packet = new IpPacket();

    private SentPacket(byte[] bytes, long timeNs, RouteBook routes) {
        this.bytes = ByteBuffer.wrap(bytes);
        this.timeNs = timeNs;
        PacketDefect defect = packet.wrap(this.bytes, 0, bytes.length);
        check(defect == PacketDefect.NONE, "sent a packet with the defect " + defect);
        check(packet.totalLength() == bytes.length, "sent " + bytes.length + " bytes that say " + packet.totalLength());
        key = new FlowKey().fromClient(packet);
        route = routes.latest(key);
        check(route != null, "sent a packet on addresses without a route: " + key);
        boolean isSyn = TcpFlags.any(flags(), TcpFlags.SYN);
        boolean isEstablished = TcpFlags.any(flags(), TcpFlags.ACK);
        generation = isSyn || isEstablished ? routes.sent(key, isSyn) : routes.generation(key);
        checkChecksums();
        check(TcpOptions.check(this.bytes, packet.tcpOffset()) == PacketDefect.NONE, "sent malformed options");
    }

    static SentPacket of(byte[] bytes, long timeNs, RouteBook routes) {
        return new SentPacket(bytes, timeNs, routes);
    }

    private void checkChecksums() {
        int tcp = packet.tcpOffset();
        int length = bytes.capacity() - tcp;
        long pseudo = packet.isIpv6()
                ? InternetChecksum.pseudoHeader6(
                        packet.sourceHi(), packet.sourceLo(), packet.destinationHi(), packet.destinationLo(), 6, length)
                : InternetChecksum.pseudoHeader4(
                        (int) packet.sourceLo(), (int) packet.destinationLo(), IpPacket.PROTOCOL_TCP, length);
        long sum = InternetChecksum.sum(bytes, tcp, length, pseudo);
        check(InternetChecksum.finish(sum) == 0, "sent a wrong TCP checksum");
        if (!packet.isIpv6()) {
            long header = InternetChecksum.sum(bytes, 0, packet.ipHeaderLength(), 0);
            check(InternetChecksum.finish(header) == 0, "sent a wrong IP header checksum");
        }
    }

    private static void check(boolean holds, String reason) {
        if (!holds) {
            throw new AssertionError(reason);
        }
    }

    public IpPacket packet() {
        return packet;
    }

    public int flags() {
        return TcpHeader.flags(bytes, packet.tcpOffset());
    }

    public int seq() {
        return TcpHeader.seq(bytes, packet.tcpOffset());
    }

    public int ack() {
        return TcpHeader.ack(bytes, packet.tcpOffset());
    }

    public int window() {
        return TcpHeader.window(bytes, packet.tcpOffset());
    }

    public int urgentPointer() {
        return TcpHeader.urgentPointer(bytes, packet.tcpOffset());
    }

    /** See {@link OptionText}. */
    public String options() {
        return OptionText.decode(bytes, packet.tcpOffset());
    }

    public int payloadLength() {
        return packet.payloadLength();
    }

    /** Index of the first payload byte that is not that of the stream's piece, or -1. */
    public int mismatch(byte[] stream) {
        int from = packet.payloadOffset();
        return Arrays.mismatch(bytes.array(), from, from + stream.length, stream, 0, stream.length);
    }

    /** All bytes, for comparing runs. */
    public byte[] bytes() {
        return bytes.array();
    }
}
