// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a packet's payload field by field, little-endian. A field that is not there makes the reader {@link #isBroken}, and all
 * that is read from then on empty: the caller asks once, at the end.
 */
final class Fields {
    private final byte[] bytes;
    private final int end;
    private int at;
    private boolean isBroken;

    Fields(byte[] bytes) {
        this.bytes = bytes;
        this.end = bytes.length;
    }

    boolean isBroken() {
        return isBroken;
    }

    int remaining() {
        return end - at;
    }

    private boolean lacks(long count) {
        isBroken |= count < 0 || count > end - at;
        return isBroken;
    }

    int u8() {
        return lacks(1) ? 0 : bytes[at++] & 0xff;
    }

    int u16() {
        return u8() | u8() << 8;
    }

    int u32() {
        return u16() | u16() << 16;
    }

    byte[] take(long count) {
        if (lacks(count)) {
            return new byte[0];
        }
        int from = at;
        at += (int) count;
        return Arrays.copyOfRange(bytes, from, at);
    }

    /** Up to a NUL, which is skipped. */
    byte[] toNul() {
        int nul = at;
        while (nul < end && bytes[nul] != 0) {
            nul++;
        }
        byte[] field = take(nul - at);
        at += lacks(1) ? 0 : 1;
        return field;
    }

    /** Up to a NUL or the end. */
    byte[] toNulOrEnd() {
        int nul = at;
        while (nul < end && bytes[nul] != 0) {
            nul++;
        }
        byte[] field = take(nul - at);
        at = Math.min(end, at + 1);
        return field;
    }

    String text() {
        return new String(toNul(), StandardCharsets.UTF_8);
    }

    /** A length-encoded integer; -1 for NULL and for the error mark. */
    long lengthEncoded() {
        int first = u8();
        return switch (first) {
            case 0xfc -> u16();
            case 0xfd -> u16() | (long) u8() << 16;
            case 0xfe -> u32() & 0xffffffffL | (long) u32() << 32;
            case 0xfb, 0xff -> -1;
            default -> first;
        };
    }

    byte[] rest() {
        return take(end - at);
    }
}
