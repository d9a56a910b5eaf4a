// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A service of this host whose responses are diverted. Immutable.
 *
 * @param address the VIP it answers from; empty: every address
 * @param port TCP and UDP port, 1..65535
 */
public record DivertedService(Optional<InetAddress> address, int port) {
    private static final String RULE = "must be VIP:port, [VIPv6]:port or *:port";

    /** Checks the port. */
    public DivertedService {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + ": must be 1..65535");
        }
    }

    /** Reads {@code 198.18.11.100:8080}, {@code [2001:db8::1]:8080}, {@code *:8080}. */
    public static DivertedService parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "': " + RULE);
        }
        String host = text.substring(0, colon);
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        if (!isBracketed && host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "': " + RULE);
        }
        String bare = isBracketed ? host.substring(1, host.length() - 1) : host;
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return new DivertedService(
                    bare.equals("*") ? Optional.empty() : Optional.of(AddressRange.parseAddress(bare)), port);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "': " + RULE, e);
        }
    }

    /** True when it answers in this family. */
    boolean isIn(boolean isIpv6) {
        return address.map(a -> (a.getAddress().length == 16) == isIpv6).orElse(true);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        String host = address.map(InetAddress::getHostAddress).orElse("*");
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
