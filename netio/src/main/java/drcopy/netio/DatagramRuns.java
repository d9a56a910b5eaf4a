// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import java.nio.ByteBuffer;

/**
 * Hands over the datagrams of a run one by one, as they are on the wire: a sender gives the kernel many at once (UDP_SEGMENT, udp(7)),
 * and receive offload joins them again (rx-udp-gro-forwarding). Their checksums are not filled in. What is no run is handed on as it
 * is. Owned by the thread that polls; allocates nothing.
 */
final class DatagramRuns implements PacketHandler {
    /** VIRTIO_NET_HDR_GSO_UDP_L4 (linux/virtio_net.h). */
    static final int UDP_RUN = 5;
    /** VIRTIO_NET_HDR_GSO_ECN. */
    private static final int ECN = 0x80;

    private static final int LONGEST = 65_535;

    private final IpPacket packet = new IpPacket();
    private final ByteBuffer one = ByteBuffer.allocateDirect(LONGEST);
    private PacketHandler handler;
    private boolean isRun;
    private int size;

    /** From now on this handler gets the datagrams. */
    DatagramRuns before(PacketHandler to) {
        handler = to;
        return this;
    }

    /**
     * What the kernel says of the packet that comes next (struct virtio_net_hdr).
     *
     * @param type kind of run, if it is one
     * @param size payload bytes of each of its packets but the last
     */
    void announce(int type, int size) {
        isRun = (type & ~ECN) == UDP_RUN && size > 0;
        this.size = size;
    }

    @Override
    public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        if (isRun && isWhole(buffer, offset, capturedLength, wireLength)) {
            split(timestampNs);
        } else {
            handler.onPacket(buffer, offset, capturedLength, wireLength, timestampNs);
        }
    }

    @Override
    public void onUnverified(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        if (isRun && isWhole(buffer, offset, capturedLength, wireLength)) {
            split(timestampNs); // offload joins only what it has verified
        } else {
            handler.onUnverified(buffer, offset, capturedLength, wireLength, timestampNs);
        }
    }

    private boolean isWhole(ByteBuffer buffer, int offset, int capturedLength, int wireLength) {
        return packet.wrapDatagram(buffer, offset, capturedLength, wireLength) == PacketDefect.NONE
                && packet.totalLength() <= capturedLength
                && packet.payloadLength() > size;
    }

    private void split(long timestampNs) {
        ByteBuffer run = packet.buffer();
        int headers = packet.payloadOffset() - packet.offset();
        int udp = headers - IpPacket.UDP_HEADER_LENGTH;
        int payload = packet.payloadLength();
        one.put(0, run, packet.offset(), headers);
        for (int from = 0, number = 0; from < payload; from += size, number++) {
            int part = Math.min(size, payload - from);
            one.put(headers, run, packet.payloadOffset() + from, part);
            one.putShort(udp + 4, (short) (IpPacket.UDP_HEADER_LENGTH + part));
            if (packet.isIpv6()) {
                one.putShort(4, (short) (headers + part - 40));
            } else {
                putIpv4(headers + part, udp, packet.identification() + number);
            }
            handler.onPacket(one, 0, headers + part, headers + part, timestampNs);
        }
    }

    private void putIpv4(int length, int headerLength, int identification) {
        one.putShort(2, (short) length);
        one.putShort(4, (short) identification);
        one.putShort(10, (short) 0);
        one.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(one, 0, headerLength, 0)));
    }
}
