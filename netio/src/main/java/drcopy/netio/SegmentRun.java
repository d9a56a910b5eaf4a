// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * Decides which packets are a run: data segments of one connection that the kernel, given the first one's headers and all
 * payloads, cuts into the same packets again (tcp_gso_segment and inet_gso_segment of Linux). It counts sequence number and IPv4
 * identification up by segment, gives all but the last the same payload length, clears PSH and FIN on all but the last, and
 * repeats every other field and the options; so a packet for which that would not come out as it was written begins another run.
 * Packets have complete checksums. Owned by the sending thread.
 */
final class SegmentRun {
    /** Longest run, bytes from its IP header: with an Ethernet header it stays below GSO_LEGACY_MAX_SIZE, 65,536. */
    static final int MAX_LENGTH = 65_535 - 14;

    private static final int IPV4_LENGTH = 20;
    private static final int IPV6_LENGTH = 40;
    /** Version 4 and a header of five words, without options. */
    private static final int PLAIN_IPV4 = 0x45;
    /** All of flags and fragment offset but DF. */
    private static final int FRAGMENT = 0xbfff;

    private static final int LAST_ONLY = TcpFlags.PSH | TcpFlags.FIN;

    /** The first packet; its bytes stay as they are until {@link #seal}. */
    private ByteBuffer first;

    private boolean isOpen;
    private boolean isIpv6;
    private int tcp;
    private int headerLength;
    private int segmentSize;
    private int length;
    private int segments;
    private int nextSeq;
    private int nextId;
    private int lastFlags;

    /** A run of nothing. */
    SegmentRun() {}

    /**
     * Begins a run with a packet, in place of the run before. {@link #add} takes nothing if it is not a plain data segment.
     *
     * @param packet its bytes from index 0, which stay in place until the run is sealed
     * @param length bytes
     * @param longest of packets that others may follow, bytes: the device's MTU; 0 for none
     */
    void begin(ByteBuffer packet, int length, int longest) {
        first = packet;
        this.length = length;
        segments = 1;
        isOpen = length <= longest && isData(packet);
    }

    private boolean isData(ByteBuffer packet) {
        isIpv6 = packet.get(0) >>> 4 == 6;
        tcp = isIpv6 ? IPV6_LENGTH : IPV4_LENGTH;
        if (length <= tcp + TcpHeader.MIN_LENGTH || !isPlainTcp(packet)) {
            return false;
        }
        headerLength = tcp + TcpHeader.headerLength(packet, tcp);
        segmentSize = length - headerLength;
        nextSeq = TcpHeader.seq(packet, tcp) + segmentSize;
        nextId = packet.getShort(4) + 1;
        lastFlags = TcpHeader.flags(packet, tcp);
        return headerLength >= tcp + TcpHeader.MIN_LENGTH && segmentSize > 0 && lastFlags == TcpFlags.ACK;
    }

    private boolean isPlainTcp(ByteBuffer packet) {
        return isIpv6
                ? packet.get(6) == IpPacket.PROTOCOL_TCP
                : packet.get(0) == PLAIN_IPV4
                        && packet.get(9) == IpPacket.PROTOCOL_TCP
                        && (packet.getShort(6) & FRAGMENT) == 0;
    }

    /**
     * Takes a packet into the run if it continues it.
     *
     * @param packet its bytes from index 0
     * @param packetLength bytes
     * @return false, and nothing is changed, when it has to leave in a frame of its own or to begin another run
     */
    boolean add(ByteBuffer packet, int packetLength) {
        int payload = packetLength - headerLength;
        if (!isOpen || payload <= 0 || payload > segmentSize || length + payload > MAX_LENGTH || !continues(packet)) {
            return false;
        }
        lastFlags = TcpHeader.flags(packet, tcp);
        isOpen = payload == segmentSize && lastFlags == TcpFlags.ACK;
        length += payload;
        nextSeq += payload;
        nextId++;
        segments++;
        return true;
    }

    private boolean continues(ByteBuffer packet) {
        return TcpHeader.seq(packet, tcp) == nextSeq
                && (TcpHeader.flags(packet, tcp) & ~LAST_ONLY) == TcpFlags.ACK
                && (isIpv6 ? hasSameIpv6(packet) : hasSameIpv4(packet))
                && hasSameTcp(packet);
    }

    private boolean hasSameIpv4(ByteBuffer packet) {
        return packet.getShort(4) == (short) nextId
                && packet.getShort(0) == first.getShort(0)
                && packet.getShort(6) == first.getShort(6)
                && packet.getShort(8) == first.getShort(8)
                && packet.getLong(12) == first.getLong(12);
    }

    private boolean hasSameIpv6(ByteBuffer packet) {
        return packet.getInt(0) == first.getInt(0)
                && packet.getShort(6) == first.getShort(6)
                && packet.getLong(8) == first.getLong(8)
                && packet.getLong(16) == first.getLong(16)
                && packet.getLong(24) == first.getLong(24)
                && packet.getLong(32) == first.getLong(32);
    }

    private boolean hasSameTcp(ByteBuffer packet) {
        if (packet.getInt(tcp) != first.getInt(tcp)
                || TcpHeader.ack(packet, tcp) != TcpHeader.ack(first, tcp)
                || packet.get(tcp + 12) != first.get(tcp + 12)
                || TcpHeader.window(packet, tcp) != TcpHeader.window(first, tcp)
                || TcpHeader.urgentPointer(packet, tcp) != TcpHeader.urgentPointer(first, tcp)) {
            return false;
        }
        for (int at = tcp + TcpHeader.OPTIONS_FIELD_OFFSET; at < headerLength; at += 4) {
            if (packet.getInt(at) != first.getInt(at)) {
                return false;
            }
        }
        return true;
    }

    /** Ends the run: nothing is added any more. The first packet's headers become those of the whole if there are several. */
    void seal() {
        isOpen = false;
        if (segments < 2) {
            return;
        }
        int tcpLength = length - tcp;
        long sum;
        if (isIpv6) {
            first.putShort(4, (short) tcpLength);
            sum = InternetChecksum.pseudoHeader6(
                    first.getLong(8),
                    first.getLong(16),
                    first.getLong(24),
                    first.getLong(32),
                    IpPacket.PROTOCOL_TCP,
                    tcpLength);
        } else {
            first.putShort(2, (short) length).putShort(10, (short) 0);
            int checksum = InternetChecksum.finish(InternetChecksum.sum(first, 0, IPV4_LENGTH, 0));
            first.putShort(10, (short) checksum);
            sum = InternetChecksum.pseudoHeader4(first.getInt(12), first.getInt(16), IpPacket.PROTOCOL_TCP, tcpLength);
        }
        TcpHeader.flags(first, tcp, lastFlags);
        // Not complemented: who cuts the run adds what is missing (CHECKSUM_PARTIAL, Linux include/linux/skbuff.h).
        TcpHeader.checksum(first, tcp, ~InternetChecksum.finish(sum));
    }

    boolean isIpv6() {
        return isIpv6;
    }

    /** Its packets. */
    int segments() {
        return segments;
    }

    /** Bytes of the IP and TCP headers of each of them. Meaningful for two packets or more, as is all that follows. */
    int headerLength() {
        return headerLength;
    }

    /** Where the TCP header begins in each. */
    int tcpOffset() {
        return tcp;
    }

    /** Payload bytes of all but the last. */
    int segmentSize() {
        return segmentSize;
    }
}
