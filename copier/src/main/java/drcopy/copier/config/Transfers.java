// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.copier.session.Target;
import drcopy.wire.Addresses;
import java.util.List;

/**
 * All services that are copied: which transfer a captured packet belongs to, and which packets are replicas of our own.
 * Immutable; any thread; a look-up allocates nothing.
 */
public final class Transfers {
    private final Transfer[] all;

    /**
     * Checks the transfers against each other.
     *
     * @throws IllegalArgumentException with the rule that two of them break
     */
    public Transfers(List<Transfer> transfers) {
        all = transfers.toArray(Transfer[]::new);
        for (int i = 0; i < all.length; i++) {
            for (int j = 0; j < all.length; j++) {
                if (i != j) {
                    check(all[i], all[j]);
                }
            }
        }
    }

    private static void check(Transfer a, Transfer b) {
        boolean sameOnline = a.onlinePort() == b.onlinePort()
                && a.anyOnline() == b.anyOnline()
                && a.onlineHi() == b.onlineHi()
                && a.onlineLo() == b.onlineLo();
        if (sameOnline) {
            throw new IllegalArgumentException("must name each online address and port once, and " + a + " and " + b
                    + " are two transfers of the same");
        }
        Target t = a.target();
        if (!b.anyOnline() && b.isOnline(t.hi(), t.lo(), t.port())) {
            throw new IllegalArgumentException(
                    "must not copy replicas again: the target of " + a + " is the online side of " + b);
        }
    }

    /** In the order given. */
    public List<Transfer> list() {
        return List.of(all);
    }

    /** True when a packet to this address and port goes to a target: a replica, never a client's segment. */
    public boolean isTarget(long hi, long lo, int port) {
        for (Transfer transfer : all) {
            Target t = transfer.target();
            if (t.port() == port && t.lo() == lo && t.hi() == hi) {
                return true;
            }
        }
        return false;
    }

    /**
     * The transfer whose online side is this address and port; one that names the address comes before one for all addresses.
     * Null when there is none: this is asked for every packet.
     */
    public Transfer find(long hi, long lo, int port) {
        Transfer wildcard = null;
        for (Transfer transfer : all) {
            if (transfer.isOnline(hi, lo, port)) {
                if (!transfer.anyOnline()) {
                    return transfer;
                }
                wildcard = transfer;
            }
        }
        return wildcard;
    }

    /**
     * The transfer that a packet to this address belongs to, or may belong to when its port is not known.
     *
     * @param port -1 when that was lost
     */
    public Transfer findLost(long hi, long lo, int port) {
        if (port >= 0) {
            return isTarget(hi, lo, port) ? null : find(hi, lo, port);
        }
        for (Transfer transfer : all) {
            if (transfer.anyOnline()
                    ? transfer.isIpv4() == Addresses.isIpv4(hi, lo)
                    : transfer.isOnline(hi, lo, transfer.onlinePort())) {
                return transfer;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return String.join(",", list().stream().map(Transfer::toString).toList());
    }
}
