// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.datagram;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.PortTable;
import drcopy.copier.session.SegmentSink;
import drcopy.copier.session.SegmentView;
import drcopy.wire.Addresses;
import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import java.nio.ByteBuffer;

/**
 * Sends each captured datagram to the target, once per instance ID, from the client's address and the port that the ID prefers.
 * Of the captured packet the payload and the traffic class stay; IP options and extension headers do not. TTL, DF and identification
 * are as in {@link drcopy.copier.session.SessionEngine}'s packets.
 * Two clients may meet on one port, which harms nothing: there is no session that they could disturb. Allocates nothing.
 */
public final class DatagramReplicator {
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;

    private final int mtu;
    private final Ledger ledger;
    private final SegmentSink out;
    private int[] ids;
    /** IPv4 identification of the next datagram, which may be fragmented: RFC 6864 section 4.3. */
    private int nextId;

    /** @param mtu longest packet toward the target, bytes */
    public DatagramReplicator(int mtu, Ledger ledger, SegmentSink out, int... ids) {
        this.mtu = mtu;
        this.ledger = ledger;
        this.out = out;
        this.ids = ids.clone();
    }

    /** What comes from now on is sent under these IDs. */
    public void useInstances(int... instanceIds) {
        ids = instanceIds.clone();
    }

    /** @param datagram its packet holds the whole of a UDP datagram */
    public void onClientDatagram(SegmentView datagram) {
        int header = Addresses.isIpv4(datagram.target.hi(), datagram.target.lo()) ? IPV4_HEADER : IPV6_HEADER;
        int length = IpPacket.UDP_HEADER_LENGTH + datagram.packet.payloadLength();
        for (int id : ids) {
            ledger.count(CopierCounter.DATAGRAMS_CAPTURED);
            if (!datagram.isSampled) {
                ledger.dropDatagram(DropReason.NOT_SAMPLED);
            } else if (datagram.isShed) {
                ledger.dropDatagram(DropReason.SHED);
            } else if (header + length > mtu) {
                ledger.dropDatagram(DropReason.TOO_LONG);
            } else {
                write(datagram, id, header, length);
                ledger.count(CopierCounter.DATAGRAMS_SENT);
            }
        }
    }

    private void write(SegmentView datagram, int id, int udp, int length) {
        ByteBuffer b = out.claim();
        IpPacket packet = datagram.packet;
        long pseudoHeader = udp == IPV4_HEADER ? putIpv4(b, datagram, length) : putIpv6(b, datagram, length);
        b.putShort(udp, (short) PortTable.preferredPort(datagram.key.clientPort, id));
        b.putShort(udp + 2, (short) datagram.target.port());
        b.putShort(udp + 4, (short) length);
        b.putShort(udp + 6, (short) 0);
        b.put(
                udp + IpPacket.UDP_HEADER_LENGTH,
                packet.buffer(),
                packet.payloadOffset(),
                length - IpPacket.UDP_HEADER_LENGTH);
        int checksum = InternetChecksum.finish(InternetChecksum.sum(b, udp, length, pseudoHeader));
        // RFC 768: 0 would say that there is none.
        b.putShort(udp + 6, (short) (checksum == 0 ? 0xffff : checksum));
        out.commit(udp + length);
    }

    /** RFC 791 section 3.1; returns the sum of the pseudo-header. */
    private long putIpv4(ByteBuffer b, SegmentView datagram, int length) {
        IpPacket packet = datagram.packet;
        int source = (int) datagram.sourceLo;
        int destination = (int) datagram.target.lo();
        b.putShort(0, (short) (0x4500 | packet.trafficClass()));
        b.putShort(2, (short) (IPV4_HEADER + length));
        b.putShort(4, (short) nextId++);
        b.putShort(6, (short) 0);
        b.putShort(8, (short) (IpPacket.OWN_HOP_LIMIT << 8 | IpPacket.PROTOCOL_UDP));
        b.putShort(10, (short) 0);
        b.putInt(12, source);
        b.putInt(16, destination);
        b.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(b, 0, IPV4_HEADER, 0)));
        return InternetChecksum.pseudoHeader4(source, destination, IpPacket.PROTOCOL_UDP, length);
    }

    /** RFC 8200 section 3; returns the sum of the pseudo-header. */
    private static long putIpv6(ByteBuffer b, SegmentView datagram, int length) {
        IpPacket packet = datagram.packet;
        b.putInt(0, 6 << 28 | packet.trafficClass() << 20 | packet.flowLabel());
        b.putShort(4, (short) length);
        b.put(6, (byte) IpPacket.PROTOCOL_UDP);
        b.put(7, (byte) IpPacket.OWN_HOP_LIMIT);
        b.putLong(8, datagram.sourceHi);
        b.putLong(16, datagram.sourceLo);
        b.putLong(24, datagram.target.hi());
        b.putLong(32, datagram.target.lo());
        return InternetChecksum.pseudoHeader6(
                datagram.sourceHi,
                datagram.sourceLo,
                datagram.target.hi(),
                datagram.target.lo(),
                IpPacket.PROTOCOL_UDP,
                length);
    }
}
