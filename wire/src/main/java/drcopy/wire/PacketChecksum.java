// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;

/**
 * Whether the checksums of a packet agree with its bytes: the IPv4 header's (RFC 791 section 3.1) and TCP's or UDP's (RFC 9293
 * section 3.1, RFC 768, RFC 8200 section 8.1). Asked about a packet that wrapped without a defect and is in the buffer as a whole.
 * Stateless; allocates nothing.
 */
public final class PacketChecksum {
    private static final int IPV4_LENGTH = 2;
    private static final int IPV4_CHECKSUM = 10;
    private static final int UDP_CHECKSUM = 6;
    private static final int TCP_CHECKSUM = 16;

    private PacketChecksum() {}

    /**
     * Whether a receiver takes the packet. A datagram over IPv4 may have no checksum; one over IPv6 must have it, as Linux asks
     * (udp6_csum_init).
     */
    public static boolean isRight(IpPacket p) {
        return p.isIpv6() ? isTransportRight(p) : isHeaderRight(p) && isTransportRight(p);
    }

    /**
     * Whether the packet was captured on its sender's host, before a device filled its checksums in: TCP's or UDP's is the sum of
     * the pseudo-header alone, IPv4's may be 0. What is filled in is right. A device that has to fill in IPv4's length has to do all
     * sums.
     */
    public static boolean isLeftToDevice(IpPacket p) {
        if (!p.isIpv6() && p.buffer().getShort(p.offset() + IPV4_LENGTH) == 0) {
            return true;
        }
        return isHeaderFine(p) && (isPartial(p, length(p)) || isTransportRight(p));
    }

    /** Likewise, before a device that cuts segments: there, some senders leave the length out of the pseudo-header. */
    public static boolean isLeftToSegmentation(IpPacket p) {
        return isHeaderFine(p) && isPartial(p, 0);
    }

    private static boolean isHeaderFine(IpPacket p) {
        return p.isIpv6() || p.buffer().getShort(p.offset() + IPV4_CHECKSUM) == 0 || isHeaderRight(p);
    }

    private static boolean isHeaderRight(IpPacket p) {
        ByteBuffer b = p.buffer();
        int length = (b.get(p.offset()) & 0xf) * 4;
        return InternetChecksum.finish(InternetChecksum.sum(b, p.offset(), length, 0)) == 0;
    }

    private static boolean isTransportRight(IpPacket p) {
        if (p.isDatagram() && p.buffer().getShort(p.tcpOffset() + UDP_CHECKSUM) == 0) {
            return !p.isIpv6();
        }
        int length = length(p);
        long sum = InternetChecksum.sum(p.buffer(), p.tcpOffset(), length, pseudoHeader(p, length));
        return InternetChecksum.finish(sum) == 0;
    }

    private static boolean isPartial(IpPacket p, int length) {
        int field = p.buffer().getShort(p.tcpOffset() + (p.isDatagram() ? UDP_CHECKSUM : TCP_CHECKSUM)) & 0xffff;
        return (~field & 0xffff) == InternetChecksum.finish(pseudoHeader(p, length));
    }

    /** Bytes of TCP or UDP, header and payload. */
    private static int length(IpPacket p) {
        return p.payloadOffset() + p.payloadLength() - p.tcpOffset();
    }

    private static long pseudoHeader(IpPacket p, int length) {
        int protocol = p.isDatagram() ? IpPacket.PROTOCOL_UDP : IpPacket.PROTOCOL_TCP;
        return p.isIpv6()
                ? InternetChecksum.pseudoHeader6(
                        p.sourceHi(), p.sourceLo(), p.destinationHi(), p.destinationLo(), protocol, length)
                : InternetChecksum.pseudoHeader4((int) p.sourceLo(), (int) p.destinationLo(), protocol, length);
    }
}
