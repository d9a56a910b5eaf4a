// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

/** Reads TCP ports. */
public final class Ports {
    private Ports() {}

    /** @throws IllegalArgumentException with the rule, when the text is no port */
    public static int parse(String text) {
        return parse(text, "must be a port, 1..65535");
    }

    static int parse(String text, String rule) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException(rule);
        }
        int port = Integer.parseInt(text);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("must have a port of 1..65535");
        }
        return port;
    }
}
