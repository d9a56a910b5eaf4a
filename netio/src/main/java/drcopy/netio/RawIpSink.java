// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.nio.ByteBuffer;

/**
 * Sends whole IP packets, whatever their source address, through the kernel's routing: raw(7) sockets for IPv4 and IPv6 with
 * IPPROTO_RAW, in batches of one system call each. The kernel completes the IPv4 total length and header checksum; the rest of
 * a packet leaves as it is. Never blocks. Packets of one family keep their order. Owned by one thread; its counts may be read
 * by any.
 */
public final class RawIpSink implements PacketSink {
    /** Packets of a full batch. */
    public static final int BATCH = 64;

    private static final int MIN_SLOT = 2048;

    private final SendErrors errors = new SendErrors();
    private final int fd4;
    private final int fd6;
    private final NativeMemory slots;
    private final ByteBuffer[] slotViews = new ByteBuffer[BATCH];
    private final int slotSize;
    private final SendBatch batch4;
    private final SendBatch batch6;
    private int count;
    private volatile long sent;

    /**
     * Opens the sockets. Without IPv6 in the kernel, IPv6 packets are counted as EAFNOSUPPORT.
     *
     * @param mtu longest packet that will be claimed, bytes, 576..65535
     * @param mark fwmark of every packet, for rules that must let them through; 0: none
     * @throws KernelException without CAP_NET_RAW
     */
    public RawIpSink(int mtu, int mark) {
        if (mtu < 576 || mtu > 65535) {
            throw new IllegalArgumentException("mtu=" + mtu + ": must be 576..65535");
        }
        slotSize = Math.max(MIN_SLOT, mtu + 63 & ~63);
        slots = NativeMemory.allocate(slotSize * BATCH);
        for (int i = 0; i < BATCH; i++) {
            slotViews[i] = slots.networkOrder(i * slotSize, slotSize);
        }
        fd4 = Sockets.open(Libc.AF_INET, Libc.SOCK_RAW, Libc.IPPROTO_RAW, "AF_INET, SOCK_RAW, IPPROTO_RAW");
        fd6 = Libc.socket(Libc.AF_INET6, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.IPPROTO_RAW);
        try {
            prepare(fd4, mark);
            Sockets.option(fd4, Libc.SOL_IP, Libc.IP_RECVERR, "IP_RECVERR", 1);
            if (fd6 >= 0) {
                prepare(fd6, mark);
                Sockets.option(fd6, Libc.SOL_IPV6, Libc.IPV6_RECVERR, "IPV6_RECVERR", 1);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        batch4 = new SendBatch(fd4, SendBatch.Addressing.IPV4, BATCH, errors);
        batch6 = new SendBatch(fd6, SendBatch.Addressing.IPV6, BATCH, errors);
    }

    /** Without IP_RECVERR (set by the constructor) the kernel hides ENOBUFS, the full queue of a device, from raw sockets. */
    private static void prepare(int fd, int mark) {
        Sockets.enlargeSendBuffer(fd);
        if (mark != 0) {
            Sockets.option(fd, Libc.SOL_SOCKET, Libc.SO_MARK, "SO_MARK", mark);
        }
    }

    @Override
    public ByteBuffer claim() {
        if (count == BATCH) {
            flush();
        }
        return slotViews[count];
    }

    @Override
    public void commit(int length) {
        ByteBuffer packet = slotViews[count];
        SendBatch batch = packet.get(0) >>> 4 == 6 ? batch6 : batch4;
        batch.add(packet, slots.address() + (long) count * slotSize, length);
        if (++count == BATCH) {
            flush();
        }
    }

    @Override
    public void flush() {
        if (count == 0) {
            return;
        }
        batch4.flush();
        batch6.flush();
        count = 0;
        sent = batch4.sent() + batch6.sent();
    }

    /** Packets that the kernel took. Any thread. */
    public long sent() {
        return sent;
    }

    /** Packets that it did not take. Any thread. */
    public SendErrors errors() {
        return errors;
    }

    /** Packets that are not flushed are gone. */
    @Override
    public void close() {
        Libc.close(fd4);
        if (fd6 >= 0) {
            Libc.close(fd6);
        }
    }
}
