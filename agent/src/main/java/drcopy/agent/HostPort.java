// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.util.regex.Pattern;

/**
 * Where a process listens or is reached: {@code host:port}, {@code 198.18.0.1:80} or {@code [2001:db8::1]:80}. Immutable; the
 * host is not looked up.
 *
 * @param host name or address, an IPv6 address without brackets
 * @param port 1..65535
 */
public record HostPort(String host, int port) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})");
    private static final Pattern LOOKS_IPV4 = Pattern.compile("[0-9.]+");
    private static final String FORM = "must be host:port, or [address]:port for IPv6";
    private static final String FORM_WITH_DEFAULT = "must be host or host:port, with brackets around an IPv6 address";

    /**
     * Reads {@code host:port}.
     *
     * @throws IllegalArgumentException with the rule
     */
    public static HostPort parse(String text) {
        return parse(text, 0);
    }

    /**
     * Reads {@code host[:port]}.
     *
     * @param defaultPort for a text without a port; 0 where a port is required
     * @throws IllegalArgumentException with the rule
     */
    public static HostPort parse(String text, int defaultPort) {
        String rule = defaultPort == 0 ? FORM : FORM_WITH_DEFAULT;
        int bracket = text.lastIndexOf(']');
        int colon = text.indexOf(':', Math.max(bracket, 0));
        String host = colon < 0 ? text : text.substring(0, colon);
        if (colon < 0 && defaultPort == 0) {
            throw new IllegalArgumentException(rule);
        }
        int port = colon < 0 ? defaultPort : Ports.parse(text.substring(colon + 1), rule);
        return new HostPort(bareHost(host, rule), port);
    }

    private static String bareHost(String host, String rule) {
        if (host.startsWith("[") && host.endsWith("]")) {
            String address = host.substring(1, host.length() - 1);
            if (address.indexOf(':') < 0) {
                throw new IllegalArgumentException(rule);
            }
            IpLiteral.parse(address);
            return address;
        }
        if (!NAME.matcher(host).matches()) {
            throw new IllegalArgumentException(rule);
        }
        if (LOOKS_IPV4.matcher(host).matches()) {
            IpLiteral.parse(host);
        }
        return host;
    }

    /** The form {@link #parse(String)} reads. */
    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
