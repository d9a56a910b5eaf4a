// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.MacAddress;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * Sends whole IP packets as Ethernet frames out of one device (packet(7)), past this host's routing, netfilter and connection
 * tracking. The next hop's address is what {@link NextHops} knows; a packet for which it knows none is counted as EHOSTUNREACH. Completes
 * the IPv4 total length and header checksum. A run of segments ({@link SegmentRun}) leaves as one frame, which the device or,
 * last thing before it, the kernel cuts into the packets that were committed. Never blocks. Owned by one thread; its counts may
 * be read by any.
 *
 * <pre>
 * slot      +8 virtio_net_hdr   +18 Ethernet header   +32 packet
 * message   of a packet: from +8; of a run: that of its first packet, then the payload of each other where it lies
 * virtio_net_hdr, in native order (virtio 1.2, 5.1.6)
 *           +0 flags  +1 GSO type  +2 header bytes  +4 payload bytes a segment  +6 checksum from  +8 checksum field behind that
 * </pre>
 */
public final class LinkSink implements PacketSink {
    /** Packets of a full batch: nearly three of the longest runs at a payload of 1,448 bytes. */
    private static final int BATCH = 128;

    private static final int MIN_SLOT = 2048;
    private static final int ETHERNET = 14;
    /** Where the packet begins in a slot: aligned, with room for the headers before it. */
    private static final int PACKET = 32;

    private static final int VIRTIO = 10;
    private static final int NEEDS_CSUM = 1;
    private static final int GSO_TCPV4 = 1;
    private static final int GSO_TCPV6 = 4;
    /** linux/if_packet.h. */
    private static final int PACKET_VNET_HDR = 15;
    /** Runs refused one after the other after which there are none any more. */
    private static final int REFUSALS = 3;

    private final SendErrors errors = new SendErrors();
    private final NextHops hops;
    private final int fd;
    private final NativeMemory slots;
    private final ByteBuffer[] packets = new ByteBuffer[BATCH];
    private final ByteBuffer frames;
    private final int slotSize;
    private final SendBatch batch;
    private final SegmentRun run = new SegmentRun();
    /** Slot of the run's first packet, or -1 when there is no run. */
    private int runSlot = -1;

    private boolean isJoining = true;
    private int count;
    private volatile long sent;
    private volatile long sentFrames;

    /**
     * Opens the socket.
     *
     * @param mtu longest packet that will be claimed, bytes, 576..65535
     * @throws KernelException without CAP_NET_RAW
     */
    public LinkSink(int mtu, NextHops hops) {
        if (mtu < 576 || mtu > 65535) {
            throw new IllegalArgumentException("mtu=" + mtu + ": must be 576..65535");
        }
        this.hops = hops;
        slotSize = Math.max(MIN_SLOT, mtu + PACKET + 63 & ~63);
        slots = NativeMemory.allocate(slotSize * BATCH);
        frames = slots.networkOrder(0, slotSize * BATCH);
        for (int i = 0; i < BATCH; i++) {
            packets[i] = slots.networkOrder(i * slotSize + PACKET, slotSize - PACKET);
        }
        // Protocol 0: the socket receives nothing.
        fd = Sockets.open(Libc.AF_PACKET, Libc.SOCK_RAW, 0, "AF_PACKET, SOCK_RAW");
        try {
            Sockets.enlargeSendBuffer(fd);
            Sockets.option(fd, Libc.SOL_PACKET, PACKET_VNET_HDR, "PACKET_VNET_HDR", 1);
        } catch (RuntimeException e) {
            Libc.close(fd);
            throw e;
        }
        batch = new SendBatch(fd, SendBatch.Addressing.DEVICE, BATCH, errors);
    }

    @Override
    public ByteBuffer claim() {
        if (count == BATCH) {
            flush();
        }
        return packets[count];
    }

    @Override
    public void commit(int length) {
        ByteBuffer packet = packets[count];
        if (runSlot >= 0 && run.add(packet, length)) {
            int headers = run.headerLength();
            batch.extend(slots.address() + (long) count * slotSize + PACKET + headers, length - headers);
        } else {
            seal();
            if (!begin(packet, length)) {
                return;
            }
        }
        if (++count == BATCH) {
            flush();
        }
    }

    private boolean begin(ByteBuffer packet, int length) {
        boolean isIpv6 = packet.get(0) >>> 4 == 6;
        NextHop hop = isIpv6
                ? hops.find(packet.getLong(24), packet.getLong(32))
                : hops.find(IpPacket.MAPPED_HI, IpPacket.MAPPED_LO | packet.getInt(16) & 0xffffffffL);
        if (hop == null || hop.mac() == MacAddress.NONE) {
            errors.add(Errno.EHOSTUNREACH.number(), 1);
            return false;
        }
        if (!isIpv6) {
            complete(packet, length);
        }
        int at = count * slotSize + PACKET - ETHERNET;
        long from = hop.sourceMac() == MacAddress.NONE ? hops.deviceMac() : hop.sourceMac();
        int protocol = isIpv6 ? PacketSocket.ETH_P_IPV6 : PacketSocket.ETH_P_IP;
        frames.putLong(at - VIRTIO, 0)
                .putShort(at - VIRTIO + 8, (short) 0)
                .putLong(at, hop.mac() << 16 | from >>> 32 & 0xffff)
                .putInt(at + 8, (int) from)
                .putShort(at + 12, (short) protocol);
        batch.addFrame(hops.deviceIndex(), protocol, slots.address() + at - VIRTIO, length + ETHERNET + VIRTIO);
        run.begin(packet, length, isJoining ? hops.deviceMtu() : 0);
        runSlot = count;
        return true;
    }

    private static void complete(ByteBuffer packet, int length) {
        int header = (packet.get(0) & 0xf) * 4;
        packet.putShort(2, (short) length).putShort(10, (short) 0);
        packet.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(packet, 0, header, 0)));
    }

    /** Ends the run; a single packet stays as it is. */
    private void seal() {
        if (runSlot < 0) {
            return;
        }
        run.seal();
        if (run.segments() > 1) {
            int at = runSlot * slotSize + PACKET - ETHERNET - VIRTIO;
            slots.buffer()
                    .put(at, (byte) NEEDS_CSUM)
                    .put(at + 1, (byte) (run.isIpv6() ? GSO_TCPV6 : GSO_TCPV4))
                    .putShort(at + 2, (short) (ETHERNET + run.headerLength()))
                    .putShort(at + 4, (short) run.segmentSize())
                    .putShort(at + 6, (short) (ETHERNET + run.tcpOffset()))
                    .putShort(at + 8, (short) TcpHeader.CHECKSUM_FIELD_OFFSET);
        }
        runSlot = -1;
    }

    @Override
    public void flush() {
        if (count == 0) {
            return;
        }
        seal();
        batch.flush();
        count = 0;
        isJoining &= batch.refusedRuns() < REFUSALS;
        sent = batch.sent();
        sentFrames = batch.sentMessages();
    }

    /** Packets that the kernel took. Any thread. */
    public long sent() {
        return sent;
    }

    /** Frames that it took, a run being one. Any thread. */
    public long sentFrames() {
        return sentFrames;
    }

    /** Packets that it did not take, all of a run that it refused, or for which no next hop was known. Any thread. */
    public SendErrors errors() {
        return errors;
    }

    /** Packets that are not flushed are gone. The next hops are closed with it. */
    @Override
    public void close() {
        Libc.close(fd);
        hops.close();
    }
}
