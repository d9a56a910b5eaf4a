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
    private static final String PART = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    /** RFC 1123 section 2.1, and as java.net.URI has it, on which gRPC relies. */
    private static final Pattern NAME =
            Pattern.compile("(?=.{1,253}$)(?:" + PART + "|(?:" + PART + "\\.)+(?=[A-Za-z])" + PART + ")\\.?");

    private static final String NAME_RULE =
            "must have a host name of letters, digits and hyphens, whose last part begins with a letter if there are dots";
    private static final Pattern LOOKS_LIKE_NAME = Pattern.compile("[A-Za-z0-9_.-]+");
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
        if (LOOKS_IPV4.matcher(host).matches()) {
            IpLiteral.parse(host);
        } else if (!NAME.matcher(host).matches()) {
            throw new IllegalArgumentException(LOOKS_LIKE_NAME.matcher(host).matches() ? NAME_RULE : rule);
        }
        return host;
    }

    /** The form {@link #parse(String)} reads. */
    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
