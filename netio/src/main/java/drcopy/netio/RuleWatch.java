// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/**
 * Hears from the kernel when anybody changes nftables' rules, policy routing rules or devices, so that a diversion that was
 * flushed away is back within milliseconds. What changed must be found out by {@link DiversionRules#verify}; iptables-legacy
 * tells nothing. Owned by one thread.
 */
public final class RuleWatch implements AutoCloseable {
    // linux/netfilter/nfnetlink.h NFNLGRP_NFTABLES; linux/rtnetlink.h RTNLGRP_LINK, _IPV4_RULE, _IPV6_RULE; a bit each.
    private static final int NFTABLES = 1 << 6;
    private static final int LINKS_AND_RULES = 1 | 1 << 7 | 1 << 18;

    private static final int MESSAGES_PER_LOOK = 1000;

    private final int rulesFd;
    private final int routesFd;
    private final NativeMemory message = NativeMemory.allocate(64);

    /** Listens from now on, in the network namespace of the calling thread. */
    public RuleWatch() {
        rulesFd = Netlink.open(Netlink.NETLINK_NETFILTER, NFTABLES, "NETLINK_NETFILTER, nftables");
        try {
            routesFd = Netlink.open(Netlink.NETLINK_ROUTE, LINKS_AND_RULES, "NETLINK_ROUTE, links and rules");
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
        int messages = 0;
        while (messages < MESSAGES_PER_LOOK) {
            // The contents do not matter; what does not fit is cut off.
            long length = Libc.recv(fd, message.address(), 64, Libc.MSG_DONTWAIT);
            if (length < 0 && Libc.errno() != Errno.ENOBUFS.number()) {
                break;
            }
            messages++;
        }
        return messages > 0;
    }

    @Override
    public void close() {
        Libc.close(rulesFd);
        Libc.close(routesFd);
    }
}
