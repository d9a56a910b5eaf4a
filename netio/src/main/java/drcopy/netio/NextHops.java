// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the next hops of targets as the kernel's routes and neighbours have them. A thread of its own, {@code next-hops}, hears from
 * the kernel of every change and looks once a second besides; a next hop whose address the kernel does not know, or has not
 * verified for long, gets an empty datagram to its discard port, for which the kernel resolves it. What is known is for any
 * thread.
 */
public final class NextHops implements AutoCloseable {
    /** RTMGRP_LINK, _NEIGH, _IPV4_ROUTE, _IPV6_ROUTE. */
    private static final int CHANGES = 0x1 | 0x4 | 0x40 | 0x400;

    private static final int DISCARD_PORT = 9;
    private static final long BETWEEN_LOOKS_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long ASK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long VERIFY_NS = TimeUnit.SECONDS.toNanos(20);
    private static final int MESSAGE_BYTES = 64;

    private final String device;
    private final NextHop[] hops;
    private final RouteQueries queries;
    private final int changesFd;
    private final NativeMemory message = NativeMemory.allocate(MESSAGE_BYTES);
    private final Thread thread = new Thread(this::run, "next-hops");
    private volatile int deviceIndex;
    private volatile long deviceMac = MacAddress.NONE;
    private volatile int deviceMtu;
    private volatile boolean isClosed;

    /**
     * Looks the targets up, in the network namespace of the calling thread, and goes on doing so.
     *
     * @throws UnknownDeviceException when there is no such device
     */
    public NextHops(String device, List<NextHop> hops) {
        this.device = device;
        this.hops = hops.toArray(NextHop[]::new);
        deviceIndex = Sockets.deviceIndex(device);
        queries = new RouteQueries();
        changesFd = Netlink.open(Netlink.NETLINK_ROUTE, CHANGES, "NETLINK_ROUTE, neighbours and routes");
        Sockets.option(changesFd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, "SO_RCVTIMEO", 1, 0, 0, 0);
        look();
        thread.setDaemon(true);
        thread.start();
    }

    /** The way to an address, or null when it is no target. */
    NextHop find(long hi, long lo) {
        for (NextHop hop : hops) {
            if (hop.isTo(hi, lo)) {
                return hop;
            }
        }
        return null;
    }

    public List<NextHop> all() {
        return List.of(hops);
    }

    /** Waits until every next hop's address is known, or for {@code limit}. */
    public void awaitKnown(Duration limit) {
        long startNs = System.nanoTime();
        while (Arrays.stream(hops).anyMatch(hop -> hop.mac() == MacAddress.NONE)
                && System.nanoTime() - startNs < limit.toNanos()) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NS);
        }
    }

    int deviceIndex() {
        return deviceIndex;
    }

    long deviceMac() {
        return deviceMac;
    }

    /** Longest packet of the device, bytes; 0 before it is known. */
    int deviceMtu() {
        return deviceMtu;
    }

    private void run() {
        while (!isClosed) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NS); // what changes together is looked at once
            Libc.recv(changesFd, message.address(), MESSAGE_BYTES, 0);
            for (int i = 0;
                    i < 1000 && Libc.recv(changesFd, message.address(), MESSAGE_BYTES, Libc.MSG_DONTWAIT) > 0;
                    i++) {
                // what is told does not matter: everything is looked at
            }
            if (!isClosed) {
                look();
            }
        }
        queries.close();
        Libc.close(changesFd);
    }

    private void look() {
        try {
            int index = Libc.if_nametoindex(device);
            if (index != 0) {
                deviceIndex = index;
                NetworkInterface found = NetworkInterface.getByName(device);
                deviceMtu = found.getMTU();
                byte[] mac = found.getHardwareAddress();
                deviceMac = mac == null || mac.length != 6 ? 0 : MacAddress.of(mac, 0);
            }
            for (NextHop hop : hops) {
                if (!hop.isFixed()) {
                    look(hop);
                }
            }
        } catch (KernelException | IOException | NullPointerException e) {
            LockSupport.parkNanos(ASK_AGAIN_NS); // the device is going or the kernel is busy: the next look tells
        }
    }

    private void look(NextHop hop) throws IOException {
        InetAddress gateway = queries.nextHop(hop.target(), deviceIndex);
        RouteQueries.Neighbour neighbour = gateway == null ? null : queries.neighbour(gateway, deviceIndex);
        hop.found(gateway, neighbour == null ? MacAddress.NONE : neighbour.mac());
        long sinceNs = System.nanoTime() - hop.askedNs;
        boolean isDue = hop.askedNs == Long.MIN_VALUE || sinceNs > ASK_AGAIN_NS;
        boolean isOld =
                neighbour != null && neighbour.isStale() && (hop.askedNs == Long.MIN_VALUE || sinceNs > VERIFY_NS);
        if (gateway != null && (neighbour == null && isDue || isOld)) {
            hop.askedNs = System.nanoTime();
            resolve(gateway);
        }
    }

    private static void resolve(InetAddress neighbour) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.send(ByteBuffer.allocate(0), new InetSocketAddress(neighbour, DISCARD_PORT));
        } catch (java.net.SocketException e) {
            // refused by a firewall or without a route of its own: the kernel may learn the address another way
        }
    }

    /** Ends the thread within a second. */
    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
    }
}
