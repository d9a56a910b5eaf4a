// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.wire.IpPacket;

/**
 * One way to run a script.
 *
 * @param iss the client's ISN
 * @param irs the target's ISN of the first connection
 * @param onlineIrs online's ISN
 * @param startNs the clock's first value
 */
public record Variant(String name, boolean isIpv6, int iss, int irs, int onlineIrs, long startNs) {
    static final Variant[] ALL = {
        new Variant("IPv4, ISNs 0", false, 0, 0, 0, 0),
        new Variant("IPv6, ISNs 0", true, 0, 0, 0, 0),
        new Variant("IPv4, ISNs 2^32-6", false, -6, -6, -6, -1_500_000_000L),
        new Variant("IPv6, ISNs 2^32-6", true, -6, -6, -6, -1_500_000_000L),
        new Variant("IPv4, ISNs apart", false, 0x7ffffff0, -40, 0x12345678, 1L << 52),
        new Variant("IPv6, ISNs apart", true, -40, 0x7ffffff0, 0x12345678, 1L << 52),
    };

    /** High half of the address of host {@code n}. */
    public long hi(int n) {
        return isIpv6 ? 0x20010db8_00000000L : IpPacket.MAPPED_HI;
    }

    /** Low half of the address of host {@code n}: 198.18.x.x, or in 2001:db8::/32. */
    public long lo(int n) {
        return isIpv6 ? n : IpPacket.MAPPED_LO | 0xc6120000L | n;
    }

    /** The MSS that fills an MTU. */
    public int mss(int mtu) {
        return mtu - (isIpv6 ? 60 : 40);
    }
}
