// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * Captures packets through AF_PACKET rings, read without a system call per packet. An incoming capture has one socket for IPv4
 * and one for IPv6 rather than one for all protocols: so it sees each packet once, where this host's own IP receives it
 * (behind VLAN, bond and bridge), and the kernel does not clone what the host sends. Others, with smaller rings, have the
 * packets behind VLAN tags that this host has no device for. Owned by one thread, except {@link #kernelDrops} and {@link #close}.
 */
public final class AfPacketSource implements PacketSource {
    private static final int EMPTY_POLLS_BETWEEN_ERROR_CHECKS = 256;
    /** A ring for tagged frames is so much smaller. */
    private static final int TAGGED_SHARE = 32;

    /** What of tags the kernel leaves: the rest of the inner one of two, or all behind a type that it does not know. */
    private static final List<Tags> TAGS = List.of(
            new Tags(PacketSocket.ETH_P_8021Q, 1),
            new Tags(PacketSocket.ETH_P_8021AD, 1),
            new Tags(PacketSocket.ETH_P_QINQ1, 1),
            new Tags(PacketSocket.ETH_P_QINQ1, 2));

    /** So many tags, the first announced by this protocol. */
    private record Tags(int protocol, int count) {}

    private final List<PacketSocket> sockets = new ArrayList<>();
    private final IntUnaryOperator groups;
    /** Null when runs of datagrams are handed over as they are. */
    private final DatagramRuns runs;

    private int epoll = -1;
    private int first;
    private int emptyPolls;

    /**
     * Starts capturing.
     *
     * @throws FilterException when the filter does not compile
     * @throws UnknownDeviceException when a device does not exist
     * @throws KernelException when the kernel refuses, for want of CAP_NET_RAW for instance
     */
    public AfPacketSource(CaptureOptions options) {
        this(options, socket -> PacketSocket.ALONE);
    }

    /**
     * Starts several captures that share the flows among them, each flow, both directions, whole in one of them. Where
     * there are several, a device that is made anew is not captured again.
     *
     * @throws RuntimeException as the constructor
     */
    public static List<AfPacketSource> share(CaptureOptions options, int parts) {
        List<AfPacketSource> all = new ArrayList<>();
        try {
            all.add(new AfPacketSource(options, socket -> parts == 1 ? PacketSocket.ALONE : PacketSocket.NEW_GROUP));
            while (all.size() < parts) {
                // A group holds sockets of one protocol only.
                all.add(new AfPacketSource(
                        options, socket -> all.get(0).sockets.get(socket).group()));
            }
            return all;
        } catch (RuntimeException e) {
            all.forEach(AfPacketSource::close);
            throw e;
        }
    }

    /** @param groups by number of the socket: its group, as {@link PacketSocket#open} has it */
    private AfPacketSource(CaptureOptions options, IntUnaryOperator groups) {
        this.groups = groups;
        runs = options.splitsDatagrams() ? new DatagramRuns() : null;
        BpfFilter filter = BpfFilter.compile(options.filter(), options.snaplen());
        try {
            if (options.direction() == CaptureOptions.Direction.OUTGOING) {
                for (String device : options.interfaces()) {
                    add(options, device, PacketSocket.ETH_P_ALL, filter.andOutgoing());
                }
            } else {
                openIncoming(options, filter);
            }
            if (sockets.size() > 1) {
                openEpoll();
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void openIncoming(CaptureOptions options, BpfFilter filter) {
        List<String> devices = options.interfaces();
        boolean areSeveral = devices.size() > 1;
        int[] indexes =
                areSeveral ? devices.stream().mapToInt(Sockets::deviceIndex).toArray() : new int[0];
        UnaryOperator<BpfFilter> narrow = any -> {
            BpfFilter placed = runs == null ? any : any.behindLink();
            return areSeveral ? placed.andDevices(indexes) : placed;
        };
        String device = areSeveral ? CaptureOptions.ANY : devices.get(0);
        if (BpfFilter.mayMatch(options.filter(), "ip")) {
            add(options, device, PacketSocket.ETH_P_IP, narrow.apply(filter));
        }
        if (BpfFilter.mayMatch(options.filter(), "ip6")) {
            add(options, device, PacketSocket.ETH_P_IPV6, narrow.apply(filter));
        }
        if (sockets.isEmpty()) {
            throw new FilterException(options.filter(), "it takes neither IPv4 nor IPv6 packets");
        }
        int bufferMiB = Math.max(1, options.bufferMiB() / TAGGED_SHARE);
        for (Tags tags : TAGS) {
            int snaplen = options.snaplen() + tags.count * TaggedRing.TAG_BYTES;
            PacketRing ring = new TaggedRing(ring(options.mode(), bufferMiB, snaplen), tags.count);
            add(device, tags.protocol, narrow.apply(filter.behindTags(tags.count)), ring);
        }
    }

    private PacketRing ring(CaptureOptions.Mode mode, int bufferMiB, int snaplen) {
        return mode == CaptureOptions.Mode.RING_V3
                ? new RingV3(bufferMiB, snaplen, runs)
                : new RingV2(bufferMiB, snaplen);
    }

    private void add(CaptureOptions options, String device, int protocol, BpfFilter filter) {
        add(device, protocol, filter, ring(options.mode(), options.bufferMiB(), options.snaplen()));
    }

    private void add(String device, int protocol, BpfFilter filter, PacketRing ring) {
        sockets.add(PacketSocket.open(device, protocol, filter, ring, runs, groups.applyAsInt(sockets.size())));
    }

    private void openEpoll() {
        epoll = KernelException.check(Libc.epoll_create1(Libc.CLOEXEC), "epoll_create1()");
        NativeMemory event = NativeMemory.allocate(16);
        event.buffer().putInt(0, Libc.EPOLLIN);
        try {
            for (PacketSocket socket : sockets) {
                int result = Libc.epoll_ctl(epoll, Libc.EPOLL_CTL_ADD, socket.fd(), event.address());
                KernelException.check(result, "epoll_ctl(ADD, AF_PACKET)");
            }
        } finally {
            Reference.reachabilityFence(event);
        }
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        int done = 0;
        int count = sockets.size();
        for (int i = 0; i < count && done < limit; i++) {
            done += sockets.get((first + i) % count).poll(handler, limit - done);
        }
        if (count > 1) {
            first = (first + 1) % count; // so that no ring starves another
        }
        if (done > 0) {
            emptyPolls = 0;
        } else if (++emptyPolls == EMPTY_POLLS_BETWEEN_ERROR_CHECKS) {
            emptyPolls = 0;
            sockets.forEach(PacketSocket::clearError);
        }
        return done;
    }

    @Override
    public int fileDescriptor() {
        return epoll >= 0 ? epoll : sockets.get(0).fd();
    }

    /**
     * Captures from devices again that were deleted and made anew. To be called every few seconds.
     *
     * @return true when there was such a device
     */
    public boolean reattach() {
        boolean any = false;
        for (PacketSocket socket : sockets) {
            any |= socket.reattach();
        }
        return any;
    }

    /**
     * Has the kernel hand over nothing, at hardly any cost, until it is told otherwise; what is in the rings still comes. Any
     * thread.
     */
    public void pause(boolean isPaused) {
        sockets.forEach(socket -> socket.pause(isPaused));
    }

    /** {@inheritDoc} Any thread may ask. */
    @Override
    public long kernelDrops() {
        long sum = 0;
        for (PacketSocket socket : sockets) {
            sum += socket.drops();
        }
        return sum;
    }

    @Override
    public void close() {
        sockets.forEach(PacketSocket::close);
        if (epoll >= 0) {
            Libc.close(epoll);
            epoll = -1;
        }
    }
}
