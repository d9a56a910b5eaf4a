// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.lang.ref.Reference;

/**
 * One AF_PACKET socket with its ring: SOCK_DGRAM, so that packets begin with their IP header on every kind of link, or SOCK_RAW,
 * which alone tells which packets are runs of datagrams. It gets protocol 0 first, then filter and ring, then the binding that starts it, so that nothing enters before the filter is there.
 */
final class PacketSocket implements AutoCloseable {
    static final int ETH_P_ALL = 0x0003;
    static final int ETH_P_IP = 0x0800;
    static final int ETH_P_IPV6 = 0x86dd;
    /** What the kernel makes of a frame with two tags: it takes the outer one away. */
    static final int ETH_P_8021Q = 0x8100;

    static final int ETH_P_8021AD = 0x88a8;
    /** An outer tag that the kernel does not know for one, and leaves in its place. */
    static final int ETH_P_QINQ1 = 0x9100;

    private static final int PACKET_STATISTICS = 6;
    /** Has a virtio_net_hdr before each packet; a SOCK_DGRAM socket refuses it (packet_setsockopt in net/packet/af_packet.c). */
    private static final int PACKET_VNET_HDR = 15;

    private static final int PACKET_FANOUT = 18;
    /** PACKET_FANOUT_HASH: both directions of a flow come to the same socket (linux/if_packet.h). */
    private static final int FANOUT_HASH = 0;
    /** PACKET_FANOUT_FLAG_DEFRAG: the kernel puts IPv4 packets together first, as later fragments do not show their flow. */
    private static final int FANOUT_WHOLE = 0x8000;
    /** PACKET_FANOUT_FLAG_UNIQUEID: the kernel chooses a group that nobody else has. */
    private static final int FANOUT_NEW = 0x2000;

    /** In place of a group: this socket has all flows. */
    static final int ALONE = -1;
    /** In place of a group: the first socket of a new one. */
    static final int NEW_GROUP = -2;

    private static final int SO_ERROR = 4;

    private final int fd;
    private final int protocol;
    private final String device;
    private final PacketRing ring;
    private final BpfFilter filter;
    /** Null for a SOCK_DGRAM socket. */
    private final DatagramRuns runs;

    private final NativeMemory scratch = NativeMemory.allocate(32);
    private long ringAddress;
    private int deviceIndex;
    private int group = ALONE;
    private boolean isClosed;
    private long drops;

    private PacketSocket(int fd, int protocol, String device, PacketRing ring, BpfFilter filter, DatagramRuns runs) {
        this.fd = fd;
        this.protocol = protocol;
        this.device = device;
        this.ring = ring;
        this.filter = filter;
        this.runs = runs;
    }

    /**
     * Opens a socket for {@code protocol} on {@code device} ({@code any}: all devices).
     *
     * @param filter for packets that begin as the socket's do
     * @param runs splits runs of datagrams, which {@code ring} announces to it; null leaves them as they are
     * @param group the sockets that share flows: as {@link #group} names it, {@link #NEW_GROUP}, or {@link #ALONE}
     */
    static PacketSocket open(
            String device, int protocol, BpfFilter filter, PacketRing ring, DatagramRuns runs, int group) {
        int index = Sockets.deviceIndex(device);
        int fd = Sockets.open(Libc.AF_PACKET, runs == null ? Libc.SOCK_DGRAM : Libc.SOCK_RAW, 0, "AF_PACKET");
        PacketSocket socket = new PacketSocket(fd, protocol, device, ring, filter, runs);
        try {
            if (runs != null) {
                Sockets.option(fd, Libc.SOL_PACKET, PACKET_VNET_HDR, "PACKET_VNET_HDR", 1);
            }
            // Joining a group needs a running socket: until it has joined, the filter takes nothing.
            (group == ALONE ? filter : BpfFilter.none()).attach(fd);
            socket.mapRing();
            socket.bind(index);
            if (group != ALONE) {
                socket.join(group);
                filter.attach(fd);
            }
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void join(int newOrOld) {
        int way = FANOUT_HASH | FANOUT_WHOLE;
        int value = newOrOld == NEW_GROUP ? (way | FANOUT_NEW) << 16 : way << 16 | newOrOld;
        Sockets.option(fd, Libc.SOL_PACKET, PACKET_FANOUT, "PACKET_FANOUT", value);
        if (!getOption(Libc.SOL_PACKET, PACKET_FANOUT, 4)) {
            throw new KernelException("getsockopt(PACKET_FANOUT)", Libc.errno());
        }
        group = scratch.buffer().getInt(0) & 0xffff;
    }

    /** The group it is in, 0..65535, or {@link #ALONE}. */
    int group() {
        return group;
    }

    private void mapRing() {
        ring.configure(fd);
        long address = Libc.mmap(0, ring.length(), Libc.PROT_READ_WRITE, Libc.MAP_SHARED_POPULATE, fd, 0);
        if (address == -1) {
            throw new KernelException("mmap(AF_PACKET ring, " + ring.length() + " bytes)", Libc.errno());
        }
        ringAddress = address;
        ring.map(NativeMemory.at(address, ring.length()));
    }

    private void bind(int index) {
        NativeMemory address = NativeMemory.allocate(20); // sockaddr_ll
        address.buffer()
                .putShort(0, (short) Libc.AF_PACKET)
                .putShort(2, Short.reverseBytes((short) protocol))
                .putInt(4, index);
        try {
            KernelException.check(Libc.bind(fd, address.address(), 20), "bind(AF_PACKET, " + device + ")");
        } finally {
            Reference.reachabilityFence(address);
        }
        deviceIndex = index;
    }

    int fd() {
        return fd;
    }

    /** Locked, a batch at a time, so that a close by another thread cannot take the ring away under the reader. */
    synchronized int poll(PacketHandler handler, int limit) {
        return isClosed ? 0 : ring.poll(runs == null ? handler : runs.before(handler), limit);
    }

    /** Takes away the error that a device going down leaves on its socket, which would keep it readable. */
    synchronized void clearError() {
        if (!isClosed) {
            getOption(Libc.SOL_SOCKET, SO_ERROR, 4);
        }
    }

    /**
     * Binds again when the device was deleted and made anew. The kernel lets no socket of a group do that.
     *
     * @return true when it did
     */
    synchronized boolean reattach() {
        boolean isFixed = isClosed || group != ALONE || device.equals(CaptureOptions.ANY);
        int index = isFixed ? 0 : Libc.if_nametoindex(device);
        if (index == 0 || index == deviceIndex) {
            return false;
        }
        bind(index);
        clearError();
        return true;
    }

    /** From now on the kernel hands over nothing, or again what the filter takes. Any thread. */
    synchronized void pause(boolean isPaused) {
        if (!isClosed) {
            (isPaused ? BpfFilter.none() : filter).attach(fd);
        }
    }

    /** Packets lost for want of room, since the socket was opened. Any thread. */
    synchronized long drops() {
        // tpacket_stats_v3 and the older tpacket_stats: packets, drops, (freezes); a read resets them.
        if (!isClosed && getOption(Libc.SOL_PACKET, PACKET_STATISTICS, 12)) {
            drops += scratch.buffer().getInt(4) & 0xffffffffL;
        }
        return drops;
    }

    private boolean getOption(int level, int option, int length) {
        scratch.buffer().putInt(16, length);
        return Libc.getsockopt(fd, level, option, scratch.address(), scratch.address() + 16) == 0;
    }

    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        drops();
        isClosed = true;
        if (ringAddress != 0) {
            Libc.munmap(ringAddress, ring.length());
        }
        Libc.close(fd);
    }
}
