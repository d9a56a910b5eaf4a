// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

/** Ethernet addresses as 48-bit numbers, their first byte on top. Pure functions. */
public final class MacAddress {
    /** No address. */
    public static final long NONE = -1;

    private static final int BYTES = 6;

    private MacAddress() {}

    /**
     * Reads {@code 02:00:00:00:00:01}.
     *
     * @throws IllegalArgumentException with the rule
     */
    public static long parse(String text) {
        String[] parts = text.split(":", -1);
        long mac = 0;
        boolean isWhole = parts.length == BYTES;
        for (String part : parts) {
            isWhole &= part.matches("[0-9a-fA-F]{1,2}");
            mac = mac << 8 | (isWhole ? Integer.parseInt(part, 16) : 0);
        }
        if (!isWhole) {
            throw new IllegalArgumentException("must have a MAC address such as 02:00:00:00:00:01 behind @");
        }
        return mac;
    }

    /** The number of six bytes. */
    public static long of(byte[] bytes, int offset) {
        long mac = 0;
        for (int i = 0; i < BYTES; i++) {
            mac = mac << 8 | bytes[offset + i] & 0xff;
        }
        return mac;
    }

    /** The form {@link #parse} reads. */
    public static String text(long mac) {
        return String.format(
                "%02x:%02x:%02x:%02x:%02x:%02x",
                mac >>> 40 & 0xff,
                mac >>> 32 & 0xff,
                mac >>> 24 & 0xff,
                mac >>> 16 & 0xff,
                mac >>> 8 & 0xff,
                mac & 0xff);
    }
}
