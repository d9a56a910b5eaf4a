// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.Addresses;
import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import java.nio.ByteBuffer;

/**
 * The only writer of packet bytes: IPv4 or IPv6 header, TCP header, options, payload, checksums. The fields of the next packet
 * are set, then {@link #write} is called. Owned by the shard thread.
 */
final class PacketWriter {
    private static final int TIMESTAMPS_LENGTH = 12;
    private static final int NOP_NOP_TIMESTAMPS =
            TcpOptions.NOP << 24 | TcpOptions.NOP << 16 | TcpOptions.TIMESTAMPS << 8 | 10;

    private final SegmentSink out;
    /** IPv4 identification of the next packet. One count for all, because a packet may be fragmented: RFC 6864 section 4.3. */
    private int nextId;

    /** TCP flags. */
    int flags;

    int seq;
    /** Written only with the ACK flag. */
    int ack;

    int window;
    int urgentPointer;
    /** Type of service or traffic class, without ECN bits. */
    int trafficClass;
    /** Written when {@link #hasTimestamps}. */
    int tsVal;

    int tsEcr;
    boolean hasTimestamps;
    /** Options of a SYN, a multiple of four bytes, instead of timestamps; or null. */
    byte[] options;
    /** Payload, or null. */
    Segment payload;
    /** Index of its first byte. */
    int payloadOffset;

    int payloadLength;

    /** @param firstId where its identifications begin, so that those of several shards keep apart */
    PacketWriter(SegmentSink out, int firstId) {
        this.out = out;
        this.nextId = firstId;
    }

    /** Traffic class of a captured packet without its ECN bits (RFC 3168 section 5). */
    static int trafficClass(IpPacket packet) {
        return packet.trafficClass() & 0xfc;
    }

    /** Writes the packet and hands it to the sink. The fields stay as they are but for options and payload, which are cleared. */
    void write(Replica replica) {
        ByteBuffer b = out.claim();
        boolean isIpv4 = Addresses.isIpv4(replica.key.serverHi, replica.key.serverLo);
        int tcp = isIpv4 ? 20 : 40;
        int headerLength = TcpHeader.MIN_LENGTH + putOptions(b, tcp + TcpHeader.OPTIONS_FIELD_OFFSET);
        int tcpLength = headerLength + payloadLength;
        putTcp(b, tcp, replica, headerLength);
        if (payloadLength > 0) {
            b.put(tcp + headerLength, payload.bytes(), payloadOffset, payloadLength);
        }
        long sum = isIpv4 ? putIpv4(b, replica, tcpLength) : putIpv6(b, replica, tcpLength);
        int checksum = InternetChecksum.finish(InternetChecksum.sum(b, tcp, tcpLength, sum));
        TcpHeader.checksum(b, tcp, checksum);
        options = null;
        payload = null;
        payloadLength = 0;
        urgentPointer = 0;
        out.commit(tcp + tcpLength);
    }

    private int putOptions(ByteBuffer b, int at) {
        if (options != null) {
            b.put(at, options, 0, options.length);
            return options.length;
        }
        if (!hasTimestamps) {
            return 0;
        }
        // RFC 7323 appendix A: the recommended layout.
        b.putInt(at, NOP_NOP_TIMESTAMPS);
        b.putInt(at + 4, tsVal);
        b.putInt(at + 8, tsEcr);
        return TIMESTAMPS_LENGTH;
    }

    private void putTcp(ByteBuffer b, int tcp, Replica replica, int headerLength) {
        TcpHeader.sourcePort(b, tcp, replica.key.clientPort);
        TcpHeader.destinationPort(b, tcp, replica.key.serverPort);
        TcpHeader.seq(b, tcp, seq);
        TcpHeader.ack(b, tcp, ack);
        TcpHeader.headerLengthAndFlags(b, tcp, headerLength, flags);
        TcpHeader.window(b, tcp, window);
        TcpHeader.checksum(b, tcp, 0);
        TcpHeader.urgentPointer(b, tcp, urgentPointer);
    }

    /**
     * RFC 791 section 3.1; returns the sum of the pseudo-header. DF is never set: a router of the target's would tell the real client
     * of a packet that is too long for it, and we would not hear of it.
     */
    private long putIpv4(ByteBuffer b, Replica replica, int tcpLength) {
        int source = (int) replica.key.clientLo;
        int destination = (int) replica.key.serverLo;
        b.putShort(0, (short) (0x4500 | trafficClass));
        b.putShort(2, (short) (20 + tcpLength));
        b.putShort(4, (short) nextId++);
        b.putShort(6, (short) 0);
        b.putShort(8, (short) (IpPacket.OWN_HOP_LIMIT << 8 | IpPacket.PROTOCOL_TCP));
        b.putShort(10, (short) 0);
        b.putInt(12, source);
        b.putInt(16, destination);
        b.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(b, 0, 20, 0)));
        return InternetChecksum.pseudoHeader4(source, destination, IpPacket.PROTOCOL_TCP, tcpLength);
    }

    /** RFC 8200 section 3; returns the sum of the pseudo-header. */
    private long putIpv6(ByteBuffer b, Replica replica, int tcpLength) {
        b.putInt(0, 6 << 28 | trafficClass << 20 | replica.session.flowLabel);
        b.putShort(4, (short) tcpLength);
        b.put(6, (byte) IpPacket.PROTOCOL_TCP);
        b.put(7, (byte) IpPacket.OWN_HOP_LIMIT);
        b.putLong(8, replica.key.clientHi);
        b.putLong(16, replica.key.clientLo);
        b.putLong(24, replica.key.serverHi);
        b.putLong(32, replica.key.serverLo);
        return InternetChecksum.pseudoHeader6(
                replica.key.clientHi,
                replica.key.clientLo,
                replica.key.serverHi,
                replica.key.serverLo,
                IpPacket.PROTOCOL_TCP,
                tcpLength);
    }
}
