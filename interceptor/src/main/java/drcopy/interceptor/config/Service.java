// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.config;

import drcopy.agent.IpLiteral;
import drcopy.agent.Ports;
import drcopy.wire.Addresses;
import java.net.InetAddress;

/**
 * What is diverted: an address and port that this host answers from, over TCP and UDP. Immutable.
 *
 * @param address null stands for every address
 * @param port 1..65535
 */
public record Service(InetAddress address, int port) {
    private static final String RULE = "must be VIP:port, [VIPv6]:port or *:port";

    /**
     * Reads {@code 198.18.1.200:80}, {@code [2001:db8::200]:80} or {@code *:80}.
     *
     * @throws IllegalArgumentException with the rule
     */
    public static Service parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(RULE);
        }
        int port = Ports.parse(text.substring(colon + 1));
        String host = text.substring(0, colon);
        return host.equals("*") ? new Service(null, port) : new Service(address(host), port);
    }

    private static InetAddress address(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String literal = bracketed ? host.substring(1, host.length() - 1) : host;
        if (bracketed != literal.indexOf(':') >= 0) {
            throw new IllegalArgumentException(RULE);
        }
        InetAddress address;
        try {
            address = IpLiteral.parse(literal);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(RULE, e);
        }
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            throw new IllegalArgumentException(
                    "must be an address that a service answers from; * stands for every one");
        }
        return address;
    }

    /** The form {@link #parse} reads. */
    @Override
    public String toString() {
        return address == null ? "*:" + port : Addresses.text(Addresses.hi(address), Addresses.lo(address), port);
    }
}
