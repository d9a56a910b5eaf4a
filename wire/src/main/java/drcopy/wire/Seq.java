// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

/**
 * Sequence number arithmetic modulo 2^32 (RFC 9293 section 3.4). Sequence numbers are raw {@code int}s and are compared
 * only through this class. Two numbers exactly 2^31 apart have no order: each comes before the other, as in Linux (before()).
 */
public final class Seq {
    private Seq() {}

    /** True when {@code a} comes before {@code b}. */
    public static boolean lessThan(int a, int b) {
        return a - b < 0;
    }

    /** True when {@code a} comes before {@code b} or is equal to it. */
    public static boolean lessOrEqual(int a, int b) {
        return a - b <= 0;
    }

    /** True when {@code a} comes after {@code b}. */
    public static boolean greaterThan(int a, int b) {
        return a - b > 0;
    }

    /** True when {@code a} comes after {@code b} or is equal to it. */
    public static boolean greaterOrEqual(int a, int b) {
        return a - b >= 0;
    }

    /** Bytes from {@code from} to {@code to}; negative when {@code to} comes first. */
    public static int distance(int from, int to) {
        return to - from;
    }

    /** True when {@code from <= x < from + length} in sequence order; {@code length} is 0..2^31-1 bytes. */
    public static boolean inWindow(int x, int from, int length) {
        return Integer.compareUnsigned(x - from, length) < 0;
    }

    /** The later of two sequence numbers. */
    public static int max(int a, int b) {
        return a - b >= 0 ? a : b;
    }

    /** The earlier of two sequence numbers. */
    public static int min(int a, int b) {
        return a - b <= 0 ? a : b;
    }
}
