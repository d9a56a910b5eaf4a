// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.datagram;

import drcopy.copier.session.SegmentSink;
import drcopy.copier.session.SegmentView;
import drcopy.wire.Addresses;
import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import java.nio.ByteBuffer;

/**
 * The only writer of datagrams toward the target, in as many fragments as they need. Of the captured packet the payload and the
 * traffic class stay; IP options and extension headers do not. TTL, DF and identification are as in {@link
 * drcopy.copier.session.SessionEngine}'s packets. Owned by the shard thread; allocates nothing.
 */
final class DatagramWriter {
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int FRAGMENT_HEADER = 8;
    private static final int FRAGMENT = 44;

    private final int mtu;
    private final SegmentSink out;
    /** Of the datagram, which may be fragmented on its way, too: RFC 6864 section 4.3. Never 0, which the kernel would replace, in each part by another. */
    private int identification;

    DatagramWriter(int mtu, SegmentSink out) {
        this.mtu = mtu;
        this.out = out;
    }

    private boolean isWhole(SegmentView datagram) {
        return header(datagram) + length(datagram) <= mtu;
    }

    private static int header(SegmentView datagram) {
        return Addresses.isIpv4(datagram.target.hi(), datagram.target.lo()) ? IPV4_HEADER : IPV6_HEADER;
    }

    private static int length(SegmentView datagram) {
        return IpPacket.UDP_HEADER_LENGTH + datagram.packet.payloadLength();
    }

    /** @param port that it comes from */
    void write(SegmentView datagram, int port) {
        int header = header(datagram);
        int length = length(datagram);
        boolean isWhole = isWhole(datagram);
        int data = header + (isWhole || header == IPV4_HEADER ? 0 : FRAGMENT_HEADER);
        int most = isWhole ? length : (mtu - data) / 8 * 8;
        int checksum = checksum(datagram, port, length);
        identification = identification % 0xffff + 1;
        for (int from = 0; from < length; from += most) {
            int part = Math.min(most, length - from);
            int place = isWhole ? 0 : from | (from + part < length ? 1 : 0);
            ByteBuffer b = out.claim();
            if (header == IPV4_HEADER) {
                putIpv4(b, datagram, IPV4_HEADER + part, place);
            } else {
                putIpv6(b, datagram, data - IPV6_HEADER + part, isWhole, place);
            }
            int udp = from == 0 ? putUdp(b, data, port, datagram.target.port(), length, checksum) : 0;
            int payload = datagram.packet.payloadOffset() + from + udp - IpPacket.UDP_HEADER_LENGTH;
            b.put(data + udp, datagram.packet.buffer(), payload, part - udp);
            out.commit(data + part);
        }
    }

    /** RFC 768. Returns its bytes. */
    private static int putUdp(ByteBuffer b, int at, int port, int targetPort, int length, int checksum) {
        b.putShort(at, (short) port);
        b.putShort(at + 2, (short) targetPort);
        b.putShort(at + 4, (short) length);
        b.putShort(at + 6, (short) checksum);
        return IpPacket.UDP_HEADER_LENGTH;
    }

    /** RFC 768: 0 would say that there is none. */
    private static int checksum(SegmentView datagram, int port, int length) {
        IpPacket packet = datagram.packet;
        long sum = header(datagram) == IPV4_HEADER
                ? InternetChecksum.pseudoHeader4(
                        (int) datagram.sourceLo, (int) datagram.target.lo(), IpPacket.PROTOCOL_UDP, length)
                : InternetChecksum.pseudoHeader6(
                        datagram.sourceHi,
                        datagram.sourceLo,
                        datagram.target.hi(),
                        datagram.target.lo(),
                        IpPacket.PROTOCOL_UDP,
                        length);
        sum += port + datagram.target.port() + length;
        int checksum = InternetChecksum.finish(
                InternetChecksum.sum(packet.buffer(), packet.payloadOffset(), packet.payloadLength(), sum));
        return checksum == 0 ? 0xffff : checksum;
    }

    /**
     * RFC 791 section 3.1.
     *
     * @param place of a part: offset in bytes, and in the lowest bit whether more follow
     */
    private void putIpv4(ByteBuffer b, SegmentView datagram, int length, int place) {
        b.putShort(0, (short) (0x4500 | datagram.packet.trafficClass()));
        b.putShort(2, (short) length);
        b.putShort(4, (short) identification);
        b.putShort(6, (short) ((place & 1) << 13 | place / 8));
        b.putShort(8, (short) (IpPacket.OWN_HOP_LIMIT << 8 | IpPacket.PROTOCOL_UDP));
        b.putShort(10, (short) 0);
        b.putInt(12, (int) datagram.sourceLo);
        b.putInt(16, (int) datagram.target.lo());
        b.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(b, 0, IPV4_HEADER, 0)));
    }

    /** RFC 8200 sections 3 and 4.5; {@code place} as it is in the fragment header. */
    private void putIpv6(ByteBuffer b, SegmentView datagram, int payload, boolean isWhole, int place) {
        IpPacket packet = datagram.packet;
        b.putInt(0, 6 << 28 | packet.trafficClass() << 20 | packet.flowLabel());
        b.putShort(4, (short) payload);
        b.put(6, (byte) (isWhole ? IpPacket.PROTOCOL_UDP : FRAGMENT));
        b.put(7, (byte) IpPacket.OWN_HOP_LIMIT);
        b.putLong(8, datagram.sourceHi);
        b.putLong(16, datagram.sourceLo);
        b.putLong(24, datagram.target.hi());
        b.putLong(32, datagram.target.lo());
        if (!isWhole) {
            b.putShort(IPV6_HEADER, (short) (IpPacket.PROTOCOL_UDP << 8));
            b.putShort(IPV6_HEADER + 2, (short) place);
            b.putInt(IPV6_HEADER + 4, identification);
        }
    }
}
