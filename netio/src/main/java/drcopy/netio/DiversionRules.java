// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The kernel's rules that take the responses of diverted services out of this host's output before they reach a real client.
 * The server's own TCP believes that they were sent. The rules are independent of this process: they go on when it dies, and
 * are adopted when it starts again. Needs CAP_NET_ADMIN. Owned by one thread; every method runs programs and may take some
 * milliseconds.
 */
public interface DiversionRules {
    /** Where the responses go in mode {@code ROUTE}: what leaves through it is to be captured. */
    String CAPTURE_DEVICE = "drcopy0";

    /** Ways to divert. */
    enum Mode {
        /** Marked by nftables and routed into a capture-only device. */
        ROUTE,
        /** Queued by iptables to this process, which drops them; without it they are dropped too. */
        NFQUEUE
    }

    /** Rules of one mode; nothing is installed yet. {@code queue} is the NFQUEUE number, 0..65535. */
    static DiversionRules of(
            Mode mode, Collection<DivertedService> services, Collection<AddressRange> pass, int queue) {
        if (services.isEmpty()) {
            throw new IllegalArgumentException("nothing to divert: name at least one VIP:port");
        }
        return mode == Mode.ROUTE ? new RouteDiversion(services, pass) : new QueueDiversion(services, pass, queue);
    }

    /**
     * Puts all rules in place, or in order again, whatever is there already; takes those of the other mode away afterwards.
     * Services that are diverted before and after are diverted throughout.
     *
     * @throws DiversionException when the kernel or the tools cannot do it
     */
    void install();

    /** What is missing or was changed since {@link #install}, a clause each; empty: all is well. */
    List<String> verify();

    /** True when {@link RuleWatch} hears of every change that {@link #verify} could find. */
    boolean isWatched();

    /**
     * Follows what has changed about the host since: addresses, devices that came.
     *
     * @return what is diverted by now for that, a clause each; empty: nothing has changed
     */
    List<String> follow();

    /** Names of the devices whose output the second line does not guard. */
    Set<String> unguarded();

    /** What is diverted where, for the log; after {@link #install}. */
    String text();

    /** Whether all that this address of the host sends is diverted, whatever the port: true for a VIP on {@code lo}. */
    static boolean isWhole(InetAddress address) {
        return HostAddresses.now().isVirtual(address);
    }

    /** Puts back what is missing, the marking first; to be called when {@link #verify} finds a fault or {@link RuleWatch} a change. */
    void repair();

    /** Lets these addresses, and no others, have the real responses; in one step, without a gap. */
    void setPass(Collection<AddressRange> pass);

    /**
     * Takes away every rule, table, route and device of either mode, whoever installed it.
     *
     * @throws DiversionException naming what could not be removed
     */
    static void release() {
        QueueDiversion.removeChains();
        RouteDiversion.remove();
    }
}
