// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/**
 * Hears from the kernel when anybody changes nftables' rules, policy routing rules, devices, addresses, filters of traffic control or the routes of a diversion, so
 * that one that was flushed away is back within milliseconds. What changed must be found out by {@link DiversionRules#verify};
 * iptables-legacy tells nothing. Owned by one thread.
 */
public final class RuleWatch implements AutoCloseable {
    // A bit each: linux/netfilter/nfnetlink.h NFNLGRP_NFTABLES; linux/rtnetlink.h RTNLGRP_LINK, _TC, _IPV4_IFADDR,
    // _IPV4_ROUTE, _IPV4_RULE, _IPV6_IFADDR, _IPV6_ROUTE, _IPV6_RULE.
    private static final int NFTABLES = 1 << 6;
    private static final int HOST = 1 | 1 << 3 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 18;

    // linux/rtnetlink.h. The kernel writes a route's table first, after nlmsghdr and rtmsg.
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTA_TABLE = 15;
    private static final int FIRST_ATTRIBUTE = Netlink.HEADER_BYTES + 12;
    private static final int FIRST_ATTRIBUTE_END = FIRST_ATTRIBUTE + 8;
    private static final int MESSAGE_BYTES = 64;

    private static final int MESSAGES_PER_LOOK = 1000;

    private final int rulesFd;
    private final int routesFd;
    private final NativeMemory message = NativeMemory.allocate(MESSAGE_BYTES);

    /** Listens from now on, in the network namespace of the calling thread. */
    public RuleWatch() {
        rulesFd = Netlink.open(Netlink.NETLINK_NETFILTER, NFTABLES, "NETLINK_NETFILTER, nftables");
        try {
            routesFd = Netlink.open(
                    Netlink.NETLINK_ROUTE, HOST, "NETLINK_ROUTE, links, addresses, routes, rules, traffic control");
        } catch (RuntimeException e) {
            Libc.close(rulesFd);
            throw e;
        }
    }

    /** Descriptors that become readable at a change, for {@link Poller}. */
    public int[] fileDescriptors() {
        return new int[] {rulesFd, routesFd};
    }

    /** True when something has changed since the last call, or may have. Never waits. */
    public boolean hasChanged() {
        boolean haveRules = hasMessages(rulesFd);
        boolean haveRoutes = hasMessages(routesFd);
        return haveRules || haveRoutes;
    }

    private boolean hasMessages(int fd) {
        boolean isAny = false;
        for (int messages = 0; messages < MESSAGES_PER_LOOK; messages++) {
            // What does not fit is cut off; only of routes it matters what is said.
            long length = Libc.recv(fd, message.address(), MESSAGE_BYTES, Libc.MSG_DONTWAIT);
            if (length < 0 && Libc.errno() != Errno.ENOBUFS.number()) {
                break;
            }
            isAny |= length < 0 || fd == rulesFd || !isForeignRoute(length);
        }
        return isAny;
    }

    /** A host may change its routes all the time: only those of our table count. */
    private boolean isForeignRoute(long length) {
        int type = message.buffer().getShort(4);
        return (type == RTM_NEWROUTE || type == RTM_DELROUTE)
                && length >= FIRST_ATTRIBUTE_END
                && message.buffer().getShort(FIRST_ATTRIBUTE + 2) == RTA_TABLE
                && message.buffer().getInt(FIRST_ATTRIBUTE + 4) != RouteDiversion.TABLE;
    }

    @Override
    public void close() {
        Libc.close(rulesFd);
        Libc.close(routesFd);
    }
}
