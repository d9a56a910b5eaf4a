// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.Addresses;
import drcopy.wire.MacAddress;
import java.net.InetAddress;

/**
 * Where the frames for one target go. {@link NextHops} writes what the kernel says of it, the sending thread reads; any thread
 * may.
 */
public final class NextHop {
    private final InetAddress target;
    private final long hi;
    private final long lo;
    private final long sourceMac;
    private final boolean isFixed;
    private volatile InetAddress gateway;
    private volatile long mac;
    /** When the kernel was last made to look for the address. */
    long askedNs = Long.MIN_VALUE;

    /**
     * The way to a target.
     *
     * @param sourceMac sender's address; {@link MacAddress#NONE}: the device's
     * @param mac next hop's address; NONE: what the kernel knows
     */
    public NextHop(InetAddress target, long sourceMac, long mac) {
        this.target = target;
        this.hi = Addresses.hi(target);
        this.lo = Addresses.lo(target);
        this.sourceMac = sourceMac;
        this.mac = mac;
        this.isFixed = mac != MacAddress.NONE;
    }

    public InetAddress target() {
        return target;
    }

    boolean isTo(long otherHi, long otherLo) {
        return lo == otherLo && hi == otherHi;
    }

    /** The sender's address, or NONE for the device's. */
    long sourceMac() {
        return sourceMac;
    }

    /** True when the address was given and is not looked up. */
    boolean isFixed() {
        return isFixed;
    }

    /** The next hop's address, or NONE while it is not known. */
    public long mac() {
        return mac;
    }

    /** The next hop on the device: the target itself or a gateway; null without a route, or when it was not looked up. */
    public InetAddress gateway() {
        return gateway;
    }

    void found(InetAddress newGateway, long newMac) {
        gateway = newGateway;
        mac = newMac;
    }
}
