// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.agent.Cidr;
import drcopy.agent.IpLiteral;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses that stand for the clients toward the target ({@code -c}). A client's address is mapped by a hash of it, so
 * that it is the same one for ever and on every copier with the same list. Immutable; any thread; a look-up allocates nothing.
 */
public final class ClientAddresses {
    private final List<Range> ipv4;
    private final List<Range> ipv6;
    private final String text;

    private ClientAddresses(List<Range> ranges, String text) {
        this.ipv4 = ranges.stream().filter(Range::isIpv4).toList();
        this.ipv6 = ranges.stream().filter(r -> !r.isIpv4()).toList();
        this.text = text;
    }

    /** Clients keep their addresses. */
    public static ClientAddresses none() {
        return new ClientAddresses(List.of(), "");
    }

    /**
     * Reads addresses, {@code a.b.c.x} (1..254) and CIDR networks (without an IPv4 network's first and last address).
     *
     * @throws IllegalArgumentException with the rule
     */
    public static ClientAddresses parse(List<String> entries) {
        List<Range> ranges = new ArrayList<>();
        for (String entry : entries) {
            ranges.add(Range.parse(entry));
        }
        return new ClientAddresses(ranges, String.join(",", entries));
    }

    public boolean isEmpty() {
        return ipv4.isEmpty() && ipv6.isEmpty();
    }

    /** True when a client can be given an address of this family. */
    public boolean covers(boolean isIpv4) {
        return !(isIpv4 ? ipv4 : ipv6).isEmpty();
    }

    /** True when a client may be given this address. */
    public boolean contains(long hi, long lo) {
        for (Range range : Addresses.isIpv4(hi, lo) ? ipv4 : ipv6) {
            if (range.contains(hi, lo)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Puts the address that stands for the client into {@code key}; no more than its client address is used and changed. The
     * list must cover the family.
     */
    public void replace(FlowKey key, boolean isIpv4) {
        List<Range> ranges = isIpv4 ? ipv4 : ipv6;
        long total = 0;
        for (int i = 0; i < ranges.size(); i++) {
            total += ranges.get(i).size;
        }
        long at = Long.remainderUnsigned(
                key.set(key.clientHi, key.clientLo, 0, 0, 0, 0).stableHash(), total);
        int i = 0;
        while (at >= ranges.get(i).size) {
            at -= ranges.get(i).size;
            i++;
        }
        key.clientHi = ranges.get(i).hi;
        key.clientLo = ranges.get(i).lo + at;
    }

    /** As written on the command line. */
    @Override
    public String toString() {
        return text;
    }

    /** {@code size} addresses from the first on; they share the high half. */
    private record Range(long hi, long lo, long size) {
        private static final long LARGEST = 1L << 32;

        static Range parse(String text) {
            if (text.indexOf('/') >= 0) {
                return network(Cidr.parse(text));
            }
            if (text.endsWith(".x")) {
                InetAddress first = literal(text.substring(0, text.length() - 1) + "1");
                return new Range(Addresses.hi(first), Addresses.lo(first), 254);
            }
            InetAddress only = literal(text);
            return new Range(Addresses.hi(only), Addresses.lo(only), 1);
        }

        private static InetAddress literal(String text) {
            InetAddress address;
            try {
                address = IpLiteral.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("must be addresses, a.b.c.x or networks such as 198.18.8.0/24", e);
            }
            if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
                throw new IllegalArgumentException("must be addresses that a client could have");
            }
            return address;
        }

        private static Range network(Cidr cidr) {
            if (cidr.isIpv4() ? cidr.prefixLength() < 8 : cidr.prefixLength() < 32) {
                throw new IllegalArgumentException("must have a prefix of 8..32 bits, or 32..128 for IPv6");
            }
            int hostBits = (cidr.isIpv4() ? 32 : 128) - cidr.prefixLength();
            long size = hostBits >= 32 ? LARGEST : 1L << hostBits;
            int kept = hostBits < 2 ? 0 : 1;
            literal(Addresses.text(cidr.networkHi(), cidr.networkLo() + kept));
            return new Range(cidr.networkHi(), cidr.networkLo() + kept, size - 2L * kept);
        }

        boolean isIpv4() {
            return Addresses.isIpv4(hi, lo);
        }

        boolean contains(long otherHi, long otherLo) {
            return otherHi == hi && Long.compareUnsigned(otherLo - lo, size) < 0;
        }
    }
}
