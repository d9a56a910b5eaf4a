// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * A set of addresses: one address, or a network such as {@code 198.18.0.0/24}. Immutable.
 *
 * <p>Two longs stand for an address, as everywhere in drcopy: an IPv4 address is IPv4-mapped ({@code ::ffff:a.b.c.d}), so that
 * IPv4 prefixes are 96 bits longer inside than in their notation.
 */
public final class Cidr {
    private static final int MAPPED_BITS = 96;
    private static final long MAPPED = 0xffff_0000_0000L;

    private final InetAddress address;
    private final int bits;
    private final long maskHi;
    private final long maskLo;
    private final long hi;
    private final long lo;

    private Cidr(InetAddress address, int bits) {
        byte[] bytes = address.getAddress();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        this.address = address;
        this.bits = bytes.length == 4 ? bits + MAPPED_BITS : bits;
        this.maskHi = mask(Math.min(this.bits, 64));
        this.maskLo = mask(Math.max(this.bits - 64, 0));
        this.hi = bytes.length == 4 ? 0 : buffer.getLong(0) & maskHi;
        this.lo = (bytes.length == 4 ? MAPPED | buffer.getInt(0) & 0xffff_ffffL : buffer.getLong(8)) & maskLo;
    }

    /**
     * Reads {@code address} or {@code address/bits}. Bits of the address beyond the prefix are ignored, as iproute2 does in
     * rules.
     *
     * @throws IllegalArgumentException with the rule
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = parseAddress(slash < 0 ? text : text.substring(0, slash));
        int longest = address.getAddress().length * 8;
        return new Cidr(address, slash < 0 ? longest : parseBits(text.substring(slash + 1), longest));
    }

    private static InetAddress parseAddress(String text) {
        try {
            return IpLiteral.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be an address or address/bits", e);
        }
    }

    private static int parseBits(String text, int longest) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("must be an address or address/bits");
        }
        int bits = Integer.parseInt(text);
        if (bits > longest) {
            throw new IllegalArgumentException("must have a prefix of 0.." + longest + " bits");
        }
        return bits;
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << 64 - bits;
    }

    /** Whether the address that the two longs stand for is in this set. */
    public boolean contains(long addressHi, long addressLo) {
        return (addressHi & maskHi) == hi && (addressLo & maskLo) == lo;
    }

    /** The address as it was given. */
    public InetAddress address() {
        return address;
    }

    /** Length of the prefix in the address's own notation, 0..32 or 0..128. */
    public int prefixLength() {
        return isIpv4() ? bits - MAPPED_BITS : bits;
    }

    public boolean isIpv4() {
        return address.getAddress().length == 4;
    }

    /** High half of the network's first address. */
    public long networkHi() {
        return hi;
    }

    /** Low half of the network's first address. */
    public long networkLo() {
        return lo;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr that && hi == that.hi && lo == that.lo && bits == that.bits;
    }

    @Override
    public int hashCode() {
        return (Long.hashCode(hi) * 31 + Long.hashCode(lo)) * 31 + bits;
    }

    /** {@code 198.18.0.0/24}; a single address without its prefix. */
    @Override
    public String toString() {
        boolean single = bits == 128;
        return single ? address.getHostAddress() : address.getHostAddress() + "/" + prefixLength();
    }
}
