// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A flyweight over one IPv4 or IPv6 packet that carries TCP, or UDP when {@link #wrapDatagram} is asked. Wrapping checks every
 * length once, at the door; after it returned {@link PacketDefect#NONE} no accessor reads outside the packet. Checksums are not
 * looked at: {@link PacketChecksum} does.
 *
 * <pre>
 * IPv4 (RFC 791 3.1)                            IPv6 (RFC 8200 3)
 *  0 ver/ihl  1 tos  2 total length              0 version, traffic class, flow label
 *  4 id       6 flags, fragment offset           4 payload length  6 next header  7 hop limit
 *  8 ttl      9 protocol  10 checksum            8 source
 * 12 source  16 destination                     24 destination
 * </pre>
 *
 * Addresses are two longs, high and low, in network order; an IPv4 address a.b.c.d is the mapped ::ffff:a.b.c.d (RFC 4291
 * section 2.5.5.2). Owned by one thread; never kept after the call that handed it over.
 */
public final class IpPacket {
    /** IANA protocol number of TCP. */
    public static final int PROTOCOL_TCP = 6;
    /** IANA protocol number of UDP. */
    public static final int PROTOCOL_UDP = 17;
    /** Bytes of a UDP header: ports, length, checksum (RFC 768). */
    public static final int UDP_HEADER_LENGTH = 8;
    /**
     * TTL or hop limit of packets of our own: what IANA recommends (RFC 1700, IP TIME TO LIVE) and Linux uses (IPDEFTTL). A captured
     * one is never sent on, because it was spent on the client's way and says nothing of ours.
     */
    public static final int OWN_HOP_LIMIT = 64;
    /** High half of every IPv4-mapped address. */
    public static final long MAPPED_HI = 0L;
    /** Upper 32 bits of the low half of every IPv4-mapped address. */
    public static final long MAPPED_LO = 0x0000ffff_00000000L;

    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV6_HEADER_LENGTH = 40;
    private static final int MAX_LENGTH_FIELD = 65535;
    private static final int MAX_EXTENSIONS = 8;
    private static final int FRAGMENT_HEADER = 44;

    private ByteBuffer buffer;
    private int offset;
    private int tcpOffset;
    private int payloadOffset;
    private int payloadLength;
    private boolean isIpv6;
    private int protocol = PROTOCOL_TCP;

    /**
     * Points this flyweight at the packet of {@code length} captured bytes that begins at {@code offset} with its IP header.
     * The buffer must be big-endian. Bytes past the IP total length (Ethernet padding) are ignored.
     */
    public PacketDefect wrap(ByteBuffer buffer, int offset, int length) {
        return wrapHeaders(buffer, offset, length, length);
    }

    /**
     * Like {@link #wrap}, for captures that keep only headers: the payload may be missing from the buffer while
     * {@link #payloadLength} still gives the length on the wire.
     *
     * @param capturedLength bytes present from {@code offset}
     * @param wireLength bytes the packet had before the capture cut it
     */
    public PacketDefect wrapHeaders(ByteBuffer buffer, int offset, int capturedLength, int wireLength) {
        return wrap(PROTOCOL_TCP, buffer, offset, capturedLength, wireLength);
    }

    /**
     * Like {@link #wrapHeaders}, for a packet that carries UDP: {@link #tcpOffset} is where its header begins, and the ports are
     * the datagram's. {@link PacketDefect#NOT_TCP} stands for every other protocol.
     */
    public PacketDefect wrapDatagram(ByteBuffer buffer, int offset, int capturedLength, int wireLength) {
        return wrap(PROTOCOL_UDP, buffer, offset, capturedLength, wireLength);
    }

    private PacketDefect wrap(int protocol, ByteBuffer buffer, int offset, int capturedLength, int wireLength) {
        if (buffer.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("packet buffers must be big-endian");
        }
        this.protocol = protocol;
        this.buffer = buffer;
        this.offset = offset;
        if (capturedLength < 1) {
            return PacketDefect.TRUNCATED;
        }
        int version = buffer.get(offset) >>> 4 & 0xf;
        if (version == 4) {
            return wrap4(offset + capturedLength, offset + wireLength);
        }
        return version == 6 ? wrap6(offset + capturedLength, offset + wireLength) : PacketDefect.BAD_VERSION;
    }

    private PacketDefect wrap4(int capturedEnd, int wireEnd) {
        isIpv6 = false;
        if (capturedEnd - offset < IPV4_HEADER_LENGTH) {
            return PacketDefect.TRUNCATED;
        }
        int headerLength = (buffer.get(offset) & 0xf) * 4;
        int length = buffer.getShort(offset + 2) & 0xffff;
        // Senders leave 0 where their device is to fill it in (segmentation offload), Linux also where 16 bits do not
        // hold it.
        int end = length == 0 ? wireEnd : offset + length;
        if (headerLength < IPV4_HEADER_LENGTH || end - offset < headerLength) {
            return PacketDefect.BAD_IP_LENGTH;
        }
        if ((buffer.getShort(offset + 6) & 0x3fff) != 0) {
            return PacketDefect.FRAGMENT;
        }
        if ((buffer.get(offset + 9) & 0xff) != protocol) {
            return PacketDefect.NOT_TCP;
        }
        return wrapTransport(offset + headerLength, end, capturedEnd, wireEnd);
    }

    private PacketDefect wrap6(int capturedEnd, int wireEnd) {
        isIpv6 = true;
        int at = offset + IPV6_HEADER_LENGTH;
        if (at > capturedEnd) {
            return PacketDefect.TRUNCATED;
        }
        if (isMapped(offset + 8) || isMapped(offset + 24)) {
            return PacketDefect.BAD_ADDRESS;
        }
        int length = buffer.getShort(offset + 4) & 0xffff;
        // Linux writes 0 where 16 bits do not hold the length of a super-segment (BIG TCP); only there does the wire
        // tell.
        int end = length == 0 && wireEnd - at > MAX_LENGTH_FIELD ? wireEnd : at + length;
        int next = buffer.get(offset + 6) & 0xff;
        for (int hops = 0; hops < MAX_EXTENSIONS && isExtension(next); hops++) {
            if (at + 8 > end) {
                return PacketDefect.BAD_IP_LENGTH;
            }
            if (at + 8 > capturedEnd) {
                return PacketDefect.TRUNCATED;
            }
            if (next == FRAGMENT_HEADER) {
                // RFC 6946: offset 0 and none to follow is a whole packet.
                if ((buffer.getShort(at + 2) & 0xfff9) != 0) {
                    return PacketDefect.FRAGMENT;
                }
                next = buffer.get(at) & 0xff;
                at += 8;
            } else {
                next = buffer.get(at) & 0xff;
                at += 8 + 8 * (buffer.get(at + 1) & 0xff);
            }
        }
        return next == protocol ? wrapTransport(at, end, capturedEnd, wireEnd) : PacketDefect.NOT_TCP;
    }

    /** RFC 8200 section 4: hop-by-hop (0), routing (43) and destination options (60) share one layout; 44 is a fragment. */
    private static boolean isExtension(int next) {
        return next == 0 || next == 43 || next == 60 || next == FRAGMENT_HEADER;
    }

    private boolean isMapped(int at) {
        return buffer.getLong(at) == MAPPED_HI && (buffer.getLong(at + 8) & ~0xffffffffL) == MAPPED_LO;
    }

    private PacketDefect wrapTransport(int at, int end, int capturedEnd, int wireEnd) {
        return protocol == PROTOCOL_TCP
                ? wrapTcp(at, end, capturedEnd, wireEnd)
                : wrapUdp(at, end, capturedEnd, wireEnd);
    }

    private PacketDefect wrapUdp(int at, int end, int capturedEnd, int wireEnd) {
        payloadOffset = at + UDP_HEADER_LENGTH;
        if (payloadOffset > end) {
            return PacketDefect.BAD_IP_LENGTH;
        }
        if (payloadOffset > capturedEnd || end > wireEnd) {
            return PacketDefect.TRUNCATED;
        }
        tcpOffset = at;
        payloadLength = (buffer.getShort(at + 4) & 0xffff) - UDP_HEADER_LENGTH;
        return payloadLength < 0 || payloadOffset + payloadLength > end
                ? PacketDefect.BAD_IP_LENGTH
                : PacketDefect.NONE;
    }

    private PacketDefect wrapTcp(int at, int end, int capturedEnd, int wireEnd) {
        if (at + TcpHeader.MIN_LENGTH > end) {
            return PacketDefect.BAD_IP_LENGTH;
        }
        if (at + TcpHeader.MIN_LENGTH > capturedEnd || end > wireEnd) {
            return PacketDefect.TRUNCATED;
        }
        tcpOffset = at;
        int headerLength = TcpHeader.headerLength(buffer, at);
        if (headerLength < TcpHeader.MIN_LENGTH || at + headerLength > end) {
            return PacketDefect.BAD_DATA_OFFSET;
        }
        payloadOffset = at + headerLength;
        payloadLength = end - payloadOffset;
        return payloadOffset > capturedEnd ? PacketDefect.TRUNCATED : PacketDefect.NONE;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    /** Index of the IP header's first byte in {@link #buffer}. */
    public int offset() {
        return offset;
    }

    public boolean isIpv6() {
        return isIpv6;
    }

    /** Whether it carries UDP. */
    public boolean isDatagram() {
        return protocol == PROTOCOL_UDP;
    }

    /** Index of the TCP or UDP header's first byte in {@link #buffer}. */
    public int tcpOffset() {
        return tcpOffset;
    }

    /** Bytes of the IP header with its options or extension headers. */
    public int ipHeaderLength() {
        return tcpOffset - offset;
    }

    /** Index of the first payload byte in {@link #buffer}. */
    public int payloadOffset() {
        return payloadOffset;
    }

    /** Payload bytes on the wire. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Bytes of the whole packet on the wire. */
    public int totalLength() {
        return payloadOffset + payloadLength - offset;
    }

    public long sourceHi() {
        return isIpv6 ? buffer.getLong(offset + 8) : MAPPED_HI;
    }

    public long sourceLo() {
        return isIpv6 ? buffer.getLong(offset + 16) : MAPPED_LO | buffer.getInt(offset + 12) & 0xffffffffL;
    }

    public long destinationHi() {
        return isIpv6 ? buffer.getLong(offset + 24) : MAPPED_HI;
    }

    public long destinationLo() {
        return isIpv6 ? buffer.getLong(offset + 32) : MAPPED_LO | buffer.getInt(offset + 16) & 0xffffffffL;
    }

    /** Type of service or traffic class, 0..255. */
    public int trafficClass() {
        return isIpv6 ? buffer.getShort(offset) >>> 4 & 0xff : buffer.get(offset + 1) & 0xff;
    }

    /** TTL or hop limit, 0..255. */
    public int hopLimit() {
        return buffer.get(offset + (isIpv6 ? 7 : 8)) & 0xff;
    }

    /** IPv4 identification, or 0 for IPv6. */
    public int identification() {
        return isIpv6 ? 0 : buffer.getShort(offset + 4) & 0xffff;
    }

    /** IPv6 flow label, 20 bits, or 0 for IPv4. */
    public int flowLabel() {
        return isIpv6 ? buffer.getInt(offset) & 0xfffff : 0;
    }

    /** IPv4 don't-fragment bit; true for IPv6, whose routers never fragment. */
    public boolean isDontFragment() {
        return isIpv6 || (buffer.get(offset + 6) & 0x40) != 0;
    }

    public int sourcePort() {
        return TcpHeader.sourcePort(buffer, tcpOffset);
    }

    public int destinationPort() {
        return TcpHeader.destinationPort(buffer, tcpOffset);
    }
}
