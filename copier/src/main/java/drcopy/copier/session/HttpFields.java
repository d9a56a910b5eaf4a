// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.nio.ByteBuffer;

/** The fields of a request's head that say where the message ends, read byte by byte (RFC 9112 section 6). Owned by its {@link HttpFraming}. */
final class HttpFields {
    /** What {@link #length} is when no such number can be. */
    static final long NO_LENGTH = Long.MAX_VALUE;

    private static final long MOST_LENGTH = NO_LENGTH >> 8;
    /** The last seven bytes of a value. */
    private static final long SEVEN_BYTES = 0xff_ffff_ffff_ffffL;

    private static final long CHUNKED = 0x6368756e6b6564L;

    private static final long LFS = 0x0a0a0a0a0a0a0a0aL;
    private static final long SEVEN_BITS = 0x7f7f7f7f7f7f7f7fL;
    private static final byte LF = '\n';

    /** The fields that count. */
    private enum Name {
        NONE(""),
        CONTENT_LENGTH("content-length:"),
        TRANSFER_ENCODING("transfer-encoding:"),
        UPGRADE("upgrade:");

        private final String text;

        Name(String text) {
            this.text = text;
        }
    }

    private Name name = Name.NONE;
    /** Bytes of the name that fit. */
    private int fitting;

    private long tail;
    private boolean isChunked;
    private boolean isUpgrade;
    private long length;

    /** Another head begins. */
    void beginHead(boolean isConnect) {
        isChunked = false;
        isUpgrade = isConnect;
        length = 0;
        name = Name.NONE;
    }

    /** A line begins with this byte, which is still to be taken. @return false when the line does not matter */
    boolean beginLine(byte first) {
        fitting = 0;
        tail = 0;
        name = switch (lower(first)) {
            case 'c' -> Name.CONTENT_LENGTH;
            case 't' -> Name.TRANSFER_ENCODING;
            case 'u' -> Name.UPGRADE;
            default -> Name.NONE;
        };
        return name != Name.NONE;
    }

    /** The next byte of a line that matters. @return false when the rest of it does not */
    boolean take(byte next) {
        if (fitting == name.text.length()) {
            value(next);
        } else if (lower(next) != name.text.charAt(fitting)) {
            name = Name.NONE;
        } else if (++fitting == name.text.length()) {
            isUpgrade |= name == Name.UPGRADE;
            length = name == Name.CONTENT_LENGTH ? 0 : length;
        }
        return name != Name.NONE;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }

    private void value(byte next) {
        if (next == '\r' || next == ' ' || next == '\t') {
            return;
        }
        if (name == Name.TRANSFER_ENCODING) {
            tail = tail << 8 | lower(next) & 0xff;
        } else if (name == Name.CONTENT_LENGTH) {
            boolean isDigit = next >= '0' && next <= '9' && length <= MOST_LENGTH / 10;
            length = isDigit ? length * 10 + next - '0' : NO_LENGTH;
        }
    }

    /** The line ends. */
    void endLine() {
        isChunked |= name == Name.TRANSFER_ENCODING && (tail & SEVEN_BYTES) == CHUNKED;
        name = Name.NONE;
    }

    /** The body comes in chunks. */
    boolean isChunked() {
        return isChunked;
    }

    /** The connection may be something else behind this message. */
    boolean isUpgrade() {
        return isUpgrade;
    }

    /** Content-Length, 0 without one, or {@link #NO_LENGTH}. */
    long length() {
        return length;
    }

    /** Where the next LF is, or {@code end}: eight bytes at a time. */
    static int indexOfLf(ByteBuffer b, int from, int end) {
        int at = from;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            long differing = b.getLong(at) ^ LFS;
            long equal = ~((differing & SEVEN_BITS) + SEVEN_BITS | differing | SEVEN_BITS);
            if (equal != 0) {
                return at + (Long.numberOfLeadingZeros(equal) >>> 3);
            }
        }
        while (at < end && b.get(at) != LF) {
            at++;
        }
        return at;
    }
}
