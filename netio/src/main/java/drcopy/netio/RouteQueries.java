// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.MacAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Asks the kernel for routes, neighbours and devices (rtnetlink(7)). Owned by one thread.
 *
 * <pre>
 * rtmsg   +0 family +1 dst_len +2 src_len +3 tos +4 table +5 protocol +6 scope +7 type +8 flags, 12 bytes
 * ifinfomsg  16 bytes
 * ndmsg   +0 family +4 ifindex +8 state (u16) +10 flags +11 type, 12 bytes
 * rtattr  +0 length (u16, with this header) +2 type (u16) +4 value, padded to 4 bytes
 * </pre>
 */
final class RouteQueries implements AutoCloseable {
    /** States of a neighbour whose address can be used (linux/neighbour.h): reachable, stale, delay, probe, noarp, permanent. */
    private static final int USABLE = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x80;

    private static final int STALE = 0x04;
    private static final int GET_ROUTE = 26;
    private static final int NEW_ROUTE = 24;
    private static final int GET_NEIGHBOURS = 30;
    private static final int NEW_NEIGHBOUR = 28;
    private static final int DUMP = 0x300;
    private static final int BODY = Netlink.HEADER_BYTES;
    private static final int ATTRIBUTES = BODY + 12;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_VIA = 18;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int GET_LINKS = 18;
    private static final int NEW_LINK = 16;
    private static final int LINK_ATTRIBUTES = BODY + 16;
    private static final int IFLA_IFNAME = 3;
    /** IFLA_GSO_MAX_SIZE, IFLA_GRO_MAX_SIZE, IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE (linux/if_link.h). */
    private static final int[] MAX_SIZES = {41, 58, 63, 64};

    private static final int DONE = 3;
    private static final int ERROR = 2;
    private static final int ROOM = 65_536;
    private static final int MOST_MESSAGES = 100_000;

    private final int fd = Netlink.open(Netlink.NETLINK_ROUTE, 0, "NETLINK_ROUTE");
    private final NativeMemory message = NativeMemory.allocate(ROOM);

    /**
     * A neighbour that the kernel knows.
     *
     * @param mac its address
     * @param isStale true when the kernel has not heard of it for some time
     */
    record Neighbour(long mac, boolean isStale) {}

    RouteQueries() {
        Sockets.option(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, "SO_RCVTIMEO", 2, 0, 0, 0);
    }

    /** Who is next on the way to a target through a device: a gateway, or the target itself; null when there is no route. */
    InetAddress nextHop(InetAddress target, int device) {
        byte[] address = target.getAddress();
        message.buffer().putInt(BODY, 0).putInt(BODY + 4, 0).putInt(BODY + 8, 0);
        message.buffer().put(BODY, family(address)).put(BODY + 1, (byte) (8 * address.length));
        int end = attribute(ATTRIBUTES, RTA_DST, address);
        message.buffer()
                .putShort(end, (short) 8)
                .putShort(end + 2, (short) RTA_OIF)
                .putInt(end + 4, device);
        InetAddress[] found = {null};
        ask(GET_ROUTE, end + 8, 0, at -> {
            if (type(at) == NEW_ROUTE) {
                found[0] = gateway(at, target, device);
            }
        });
        return found[0];
    }

    private InetAddress gateway(int at, InetAddress target, int device) {
        byte[] gateway = value(at, ATTRIBUTES, RTA_GATEWAY, 0);
        if (gateway == null) {
            gateway = value(at, ATTRIBUTES, RTA_VIA, 2); // behind its address family
        }
        return gateway == null ? target : address(gateway, device);
    }

    /** What the kernel knows of a neighbour on a device, or null when that is of no use. */
    Neighbour neighbour(InetAddress who, int device) {
        byte[] wanted = who.getAddress();
        message.buffer().putInt(BODY, 0).putInt(BODY + 4, 0).putInt(BODY + 8, 0).put(BODY, family(wanted));
        Neighbour[] found = {null};
        ask(GET_NEIGHBOURS, ATTRIBUTES, DUMP, at -> {
            if (type(at) == NEW_NEIGHBOUR
                    && message.buffer().getInt(at + BODY + 4) == device
                    && java.util.Arrays.equals(value(at, ATTRIBUTES, NDA_DST, 0), wanted)) {
                found[0] = neighbour(at);
            }
        });
        return found[0];
    }

    private Neighbour neighbour(int at) {
        int state = message.buffer().getShort(at + BODY + 8) & 0xffff;
        byte[] mac = value(at, ATTRIBUTES, NDA_LLADDR, 0);
        boolean isUsable = (state & USABLE) != 0 && mac != null && mac.length == 6;
        return isUsable ? new Neighbour(MacAddress.of(mac, 0), (state & STALE) != 0) : null;
    }

    /** By the name of each device, the longest packet that its segmentation or receive offload may make, bytes. */
    Map<String, Integer> longestSegments() {
        Map<String, Integer> longest = new HashMap<>();
        message.buffer().putLong(BODY, 0).putLong(BODY + 8, 0);
        ask(GET_LINKS, LINK_ATTRIBUTES, DUMP, at -> {
            byte[] name = value(at, LINK_ATTRIBUTES, IFLA_IFNAME, 0);
            if (type(at) == NEW_LINK && name != null && name.length > 1) {
                longest.put(new String(name, 0, name.length - 1, StandardCharsets.US_ASCII), longestSegment(at));
            }
        });
        return longest;
    }

    private int longestSegment(int at) {
        int most = 0;
        for (int attribute : MAX_SIZES) {
            byte[] size = value(at, LINK_ATTRIBUTES, attribute, 0);
            if (size != null && size.length == 4) {
                most = Math.max(
                        most,
                        ByteBuffer.wrap(size).order(ByteOrder.nativeOrder()).getInt());
            }
        }
        return most;
    }

    private static byte family(byte[] address) {
        return (byte) (address.length == 4 ? Libc.AF_INET : Libc.AF_INET6);
    }

    private int attribute(int at, int type, byte[] value) {
        message.buffer().putShort(at, (short) (4 + value.length)).putShort(at + 2, (short) type);
        message.buffer().put(at + 4, value);
        return at + 4 + value.length;
    }

    /** Sends what is written in {@link #message} and hands over where each message of the answer begins. */
    private void ask(int type, int length, int flags, Consumer<Integer> answers) {
        Netlink.header(message.buffer(), length, type, Netlink.REQUEST | flags);
        if (Libc.send(fd, message.address(), length, 0) < 0) {
            throw new KernelException("send(NETLINK_ROUTE)", Libc.errno());
        }
        boolean isMore = true;
        for (int i = 0; i < MOST_MESSAGES && isMore; i++) {
            long received = Libc.recv(fd, message.address(), ROOM, 0);
            if (received < 0) {
                throw new KernelException("recv(NETLINK_ROUTE)", Libc.errno());
            }
            isMore = each((int) received, answers) && flags == DUMP;
        }
    }

    private boolean each(int received, Consumer<Integer> answers) {
        int at = 0;
        while (at + BODY <= received) {
            int length = message.buffer().getInt(at);
            if (length < BODY || at + length > received || type(at) == DONE || type(at) == ERROR) {
                return false;
            }
            answers.accept(at);
            at += length + 3 & ~3;
        }
        return true;
    }

    private int type(int at) {
        return message.buffer().getShort(at + 4);
    }

    /** An attribute's value without its first {@code skip} bytes, or null; the attributes begin at {@code from} in the message. */
    private byte[] value(int message, int from, int type, int skip) {
        int end = message + this.message.buffer().getInt(message);
        int at = message + from;
        while (at + 4 <= end) {
            int length = this.message.buffer().getShort(at) & 0xffff;
            if (length < 4 || at + length > end) {
                return null;
            }
            if (this.message.buffer().getShort(at + 2) == type && length >= 4 + skip) {
                byte[] value = new byte[length - 4 - skip];
                this.message.buffer().get(at + 4 + skip, value);
                return value;
            }
            at += length + 3 & ~3;
        }
        return null;
    }

    private static InetAddress address(byte[] bytes, int device) {
        try {
            boolean isLinkLocal = bytes.length == 16 && bytes[0] == (byte) 0xfe && (bytes[1] & 0xc0) == 0x80;
            return isLinkLocal ? Inet6Address.getByAddress(null, bytes, device) : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            return null; // neither 4 nor 16 bytes
        }
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
