// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.wire.FlowKey;
import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import java.nio.ByteBuffer;

/** Writes the packets of a probe: a SYN with an MSS, what follows it, and the RST that ends it. Stateless. */
final class ProbeSegment {
    private static final int WINDOW = 64_240;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    /** RFC 791 section 3.1. */
    private static final int DONT_FRAGMENT = 0x4000;

    private ProbeSegment() {}

    /**
     * Writes a SYN from the client of the flow.
     *
     * @return its length, bytes
     */
    static int syn(ByteBuffer b, FlowKey flow, int isn, int mss) {
        int tcp = ipHeader(flow);
        TcpHeader.ack(b, tcp, 0);
        b.putInt(tcp + TcpHeader.OPTIONS_FIELD_OFFSET, TcpOptions.MSS << 24 | 4 << 16 | mss);
        return write(b, flow, TcpFlags.SYN, isn, TcpHeader.MIN_LENGTH + 4);
    }

    /**
     * Writes a RST from the client of the flow.
     *
     * @return its length, bytes
     */
    static int rst(ByteBuffer b, FlowKey flow, int seq) {
        TcpHeader.ack(b, ipHeader(flow), 0);
        return write(b, flow, TcpFlags.RST, seq, TcpHeader.MIN_LENGTH);
    }

    /**
     * Writes the ACK of a SYN/ACK.
     *
     * @return its length, bytes
     */
    static int ack(ByteBuffer b, FlowKey flow, int seq, int ack) {
        int tcp = ipHeader(flow);
        clear(b, tcp, TcpHeader.MIN_LENGTH);
        TcpHeader.ack(b, tcp, ack);
        return write(b, flow, TcpFlags.ACK, seq, TcpHeader.MIN_LENGTH);
    }

    /**
     * Writes a packet of {@code bytes} with data that lies before the connection's first byte; IPv4 routers must not fragment it.
     *
     * @return its length, bytes
     */
    static int oldData(ByteBuffer b, FlowKey flow, int isn, int ack, int bytes) {
        int tcp = ipHeader(flow);
        int length = bytes - tcp;
        clear(b, tcp, length);
        TcpHeader.ack(b, tcp, ack);
        int seq = isn - (length - TcpHeader.MIN_LENGTH);
        write(b, flow, TcpFlags.ACK | TcpFlags.PSH, seq, length);
        if (flow.isIpv4()) {
            b.putShort(6, (short) DONT_FRAGMENT).putShort(10, (short) 0);
            b.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(b, 0, IPV4_HEADER, 0)));
        }
        return bytes;
    }

    private static void clear(ByteBuffer b, int from, int length) {
        for (int at = from; at < from + length; at++) {
            b.put(at, (byte) 0);
        }
    }

    private static int ipHeader(FlowKey flow) {
        return flow.isIpv4() ? IPV4_HEADER : IPV6_HEADER;
    }

    private static int write(ByteBuffer b, FlowKey flow, int flags, int seq, int length) {
        int headerLength = (flags & TcpFlags.SYN) != 0 ? length : TcpHeader.MIN_LENGTH;
        int tcp = ipHeader(flow);
        TcpHeader.sourcePort(b, tcp, flow.clientPort);
        TcpHeader.destinationPort(b, tcp, flow.serverPort);
        TcpHeader.seq(b, tcp, seq);
        TcpHeader.headerLengthAndFlags(b, tcp, headerLength, flags);
        TcpHeader.window(b, tcp, WINDOW);
        TcpHeader.checksum(b, tcp, 0);
        TcpHeader.urgentPointer(b, tcp, 0);
        long sum = flow.isIpv4() ? putIpv4(b, flow, length) : putIpv6(b, flow, length);
        TcpHeader.checksum(b, tcp, InternetChecksum.finish(InternetChecksum.sum(b, tcp, length, sum)));
        return tcp + length;
    }

    /** RFC 791 section 3.1; the sink completes length and checksum. Returns the sum of the pseudo-header. */
    private static long putIpv4(ByteBuffer b, FlowKey flow, int length) {
        b.putInt(0, 0x45000000 | IPV4_HEADER + length);
        b.putInt(4, 0);
        b.putInt(8, IpPacket.OWN_HOP_LIMIT << 24 | IpPacket.PROTOCOL_TCP << 16);
        b.putInt(12, (int) flow.clientLo);
        b.putInt(16, (int) flow.serverLo);
        b.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(b, 0, IPV4_HEADER, 0)));
        return InternetChecksum.pseudoHeader4((int) flow.clientLo, (int) flow.serverLo, IpPacket.PROTOCOL_TCP, length);
    }

    /** RFC 8200 section 3. Returns the sum of the pseudo-header. */
    private static long putIpv6(ByteBuffer b, FlowKey flow, int length) {
        b.putInt(0, 6 << 28);
        b.putInt(4, length << 16 | IpPacket.PROTOCOL_TCP << 8 | IpPacket.OWN_HOP_LIMIT);
        b.putLong(8, flow.clientHi);
        b.putLong(16, flow.clientLo);
        b.putLong(24, flow.serverHi);
        b.putLong(32, flow.serverLo);
        return InternetChecksum.pseudoHeader6(
                flow.clientHi, flow.clientLo, flow.serverHi, flow.serverLo, IpPacket.PROTOCOL_TCP, length);
    }
}
