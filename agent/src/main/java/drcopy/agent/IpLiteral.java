// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Reads IPv4 and IPv6 addresses written as numbers. Never asks a name server. */
public final class IpLiteral {
    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)");

    private IpLiteral() {}

    /** @throws IllegalArgumentException with the rule, when the text is no address */
    public static InetAddress parse(String text) {
        if (!isLiteral(text)) {
            throw new IllegalArgumentException("must be an IPv4 or IPv6 address");
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("must be an IPv4 or IPv6 address", e);
        }
    }

    /** True when {@link #parse} may be tried: a dotted quad, or something with colons and no zone. */
    static boolean isLiteral(String text) {
        boolean ipv6 = text.indexOf(':') >= 0 && text.indexOf('%') < 0 && text.indexOf('[') < 0;
        return ipv6 || IPV4.matcher(text).matches();
    }
}
