// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.MacAddress;
import java.nio.ByteBuffer;

/**
 * Sends whole IP packets as Ethernet frames out of one device (packet(7)), past this host's routing, netfilter and connection
 * tracking. The next hop's address is what {@link NextHops} knows; a packet for which it knows none is counted as EHOSTUNREACH. Completes
 * the IPv4 total length and header checksum. Never blocks. Owned by one thread; its counts may be read by any.
 */
public final class LinkSink implements PacketSink {
    private static final int BATCH = 64;
    private static final int MIN_SLOT = 2048;
    private static final int ETHERNET = 14;
    /** Where the packet begins in a slot: aligned behind the frame's header. */
    private static final int PACKET = 16;

    private final SendErrors errors = new SendErrors();
    private final NextHops hops;
    private final int fd;
    private final NativeMemory slots;
    private final ByteBuffer[] packets = new ByteBuffer[BATCH];
    private final ByteBuffer frames;
    private final int slotSize;
    private final SendBatch batch;
    private int count;
    private volatile long sent;

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
        boolean isIpv6 = packet.get(0) >>> 4 == 6;
        NextHop hop = isIpv6
                ? hops.find(packet.getLong(24), packet.getLong(32))
                : hops.find(IpPacket.MAPPED_HI, IpPacket.MAPPED_LO | packet.getInt(16) & 0xffffffffL);
        if (hop == null || hop.mac() == MacAddress.NONE) {
            errors.add(Errno.EHOSTUNREACH.number(), 1);
            return;
        }
        if (!isIpv6) {
            complete(packet, length);
        }
        int at = count * slotSize + PACKET - ETHERNET;
        long from = hop.sourceMac() == MacAddress.NONE ? hops.deviceMac() : hop.sourceMac();
        int protocol = isIpv6 ? PacketSocket.ETH_P_IPV6 : PacketSocket.ETH_P_IP;
        frames.putLong(at, hop.mac() << 16 | from >>> 32 & 0xffff)
                .putInt(at + 8, (int) from)
                .putShort(at + 12, (short) protocol);
        batch.addFrame(hops.deviceIndex(), protocol, slots.address() + at, length + ETHERNET);
        if (++count == BATCH) {
            flush();
        }
    }

    private static void complete(ByteBuffer packet, int length) {
        int header = (packet.get(0) & 0xf) * 4;
        packet.putShort(2, (short) length).putShort(10, (short) 0);
        packet.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(packet, 0, header, 0)));
    }

    @Override
    public void flush() {
        if (count == 0) {
            return;
        }
        batch.flush();
        count = 0;
        sent = batch.sent();
    }

    /** Packets that the kernel took. Any thread. */
    public long sent() {
        return sent;
    }

    /** Packets that it did not take, or for which no next hop was known. Any thread. */
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
