// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;

/**
 * A flyweight over one fragment of an IPv4 or IPv6 packet: whose part it is, and which. Owned by one thread.
 *
 * <pre>
 * IPv4 (RFC 791 3.1)                                IPv6, the fragment header (RFC 8200 4.5)
 *  4 id  6 flags, offset in units of 8 bytes         0 next header  2 offset (13 bits), M (last bit)  4 id (32 bits)
 * </pre>
 */
final class Fragment {
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV6_HEADER_LENGTH = 40;
    private static final int FRAGMENT_HEADER = 44;
    private static final int FRAGMENT_HEADER_LENGTH = 8;

    ByteBuffer buffer;
    /** Index of the IP header. */
    int offset;

    boolean isIpv6;
    int id;
    /** Of the first header behind the IP header or the fragment header. */
    int protocol;
    /** Bytes of the headers that every fragment repeats; the fragment header is none of them. */
    int headerLength;
    /** Index, from the IP header, of the byte that names the protocol behind those headers. */
    int protocolAt;
    /** Index of the first byte of data. */
    int dataOffset;
    /** Bytes of data. */
    int dataLength;
    /** Place of the data in the packet behind the headers. */
    int from;
    /** Whether it is not the last part. */
    boolean hasMore;

    /**
     * False for what cannot be: a part that is not all there or empty, that ends beyond the longest packet, or that is not the last
     * and ends between two units of 8 bytes.
     */
    boolean isSound;

    /**
     * Points it at a packet that {@link IpPacket} calls a fragment.
     *
     * @return false when its headers are not there or too long
     */
    boolean wrap(ByteBuffer b, int at, int capturedLength) {
        buffer = b;
        offset = at;
        isIpv6 = (b.get(at) >>> 4 & 0xf) == 6;
        int capturedEnd = at + capturedLength;
        if (!(isIpv6 ? wrap6(capturedEnd) : wrap4(capturedEnd))) {
            return false;
        }
        int before = isIpv6 ? 0 : headerLength;
        isSound = dataLength > 0
                && dataOffset + dataLength <= capturedEnd
                && (!hasMore || dataLength % 8 == 0)
                && before + from + dataLength <= PartialPacket.LONGEST;
        return true;
    }

    private boolean wrap4(int capturedEnd) {
        if (capturedEnd - offset < IPV4_HEADER_LENGTH) {
            return false;
        }
        int place = buffer.getShort(offset + 6);
        id = buffer.getShort(offset + 4) & 0xffff;
        protocol = buffer.get(offset + 9) & 0xff;
        protocolAt = 9;
        headerLength = (buffer.get(offset) & 0xf) * 4;
        hasMore = (place & 0x2000) != 0;
        from = (place & 0x1fff) * 8;
        dataOffset = offset + headerLength;
        dataLength = (buffer.getShort(offset + 2) & 0xffff) - headerLength;
        return headerLength >= IPV4_HEADER_LENGTH && dataOffset <= capturedEnd;
    }

    private boolean wrap6(int capturedEnd) {
        int at = offset + IPV6_HEADER_LENGTH;
        if (at > capturedEnd) {
            return false;
        }
        protocolAt = 6;
        int next = buffer.get(offset + 6) & 0xff;
        while (next != FRAGMENT_HEADER) {
            if (at + 8 > capturedEnd) {
                return false;
            }
            protocolAt = at - offset;
            next = buffer.get(at) & 0xff;
            at += 8 + 8 * (buffer.get(at + 1) & 0xff);
        }
        headerLength = at - offset;
        dataOffset = at + FRAGMENT_HEADER_LENGTH;
        if (dataOffset > capturedEnd || headerLength > PartialPacket.HEADROOM) {
            return false;
        }
        int place = buffer.getShort(at + 2) & 0xffff;
        protocol = buffer.get(at) & 0xff;
        id = buffer.getInt(at + 4);
        hasMore = (place & 1) != 0;
        from = place & 0xfff8;
        dataLength = offset + IPV6_HEADER_LENGTH + (buffer.getShort(offset + 4) & 0xffff) - dataOffset;
        return true;
    }

    long sourceHi() {
        return isIpv6 ? buffer.getLong(offset + 8) : IpPacket.MAPPED_HI;
    }

    long sourceLo() {
        return isIpv6 ? buffer.getLong(offset + 16) : IpPacket.MAPPED_LO | buffer.getInt(offset + 12) & 0xffffffffL;
    }

    long destinationHi() {
        return isIpv6 ? buffer.getLong(offset + 24) : IpPacket.MAPPED_HI;
    }

    long destinationLo() {
        return isIpv6 ? buffer.getLong(offset + 32) : IpPacket.MAPPED_LO | buffer.getInt(offset + 16) & 0xffffffffL;
    }
}
