// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * An address or a network of them. Immutable.
 *
 * @param address its address; host bits may be set
 * @param prefixLength leading bits that count, 1..32 or 1..128
 */
public record AddressRange(InetAddress address, int prefixLength) {
    private static final Pattern NUMERIC = Pattern.compile("[0-9a-fA-F:.]+");

    /** Checks the prefix length. */
    public AddressRange {
        int bits = address.getAddress().length * 8;
        if (prefixLength < 1 || prefixLength > bits) {
            throw new IllegalArgumentException("/" + prefixLength + ": a prefix length must be 1.." + bits);
        }
    }

    /** Reads {@code 198.18.0.1}, {@code 198.18.0.0/24}, {@code 2001:db8::/64}; names are not looked up. */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        try {
            InetAddress address = parseAddress(slash < 0 ? text : text.substring(0, slash));
            int bits = address.getAddress().length * 8;
            return new AddressRange(address, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "': must be an IPv4 or IPv6 address or network, as a.b.c.d/n", e);
        }
    }

    /** Reads a numeric address. */
    static InetAddress parseAddress(String text) {
        try {
            // Only what cannot be a host name reaches the JDK's parser, which would ask the resolver.
            if (NUMERIC.matcher(text).matches() && (text.indexOf(':') >= 0 || text.split("\\.", -1).length == 4)) {
                return InetAddress.getByName(text);
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + text + "' is no IPv4 or IPv6 address", e);
        }
        throw new IllegalArgumentException("'" + text + "' is no IPv4 or IPv6 address");
    }

    /** True for IPv6. */
    public boolean isIpv6() {
        return address.getAddress().length == 16;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        String host = address.getHostAddress();
        return prefixLength == address.getAddress().length * 8 ? host : host + "/" + prefixLength;
    }
}
