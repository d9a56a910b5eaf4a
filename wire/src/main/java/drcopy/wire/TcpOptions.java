// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;

/**
 * The options of a TCP header, read bounds-safe; {@link TcpRewrite} changes them. A malformed option ends the walk: what stands behind
 * it is treated as absent, and {@link #check} says so.
 */
public final class TcpOptions {
    /** End of option list, RFC 9293 section 3.2. */
    public static final int END = 0;
    /** No-operation, RFC 9293 section 3.2. */
    public static final int NOP = 1;
    /** Maximum segment size, length 4, RFC 9293 section 3.7.1. */
    public static final int MSS = 2;
    /** Window scale, length 3, RFC 7323 section 2.2. */
    public static final int WINDOW_SCALE = 3;
    /** SACK permitted, length 2, RFC 2018 section 2. */
    public static final int SACK_PERMITTED = 4;
    /** SACK blocks, RFC 2018 section 3. */
    public static final int SACK = 5;
    /** Timestamps, length 10, RFC 7323 section 3.2. */
    public static final int TIMESTAMPS = 8;
    /** TCP MD5 signature, RFC 2385. */
    public static final int MD5 = 19;
    /** TCP authentication option, RFC 5925. */
    public static final int AUTHENTICATION = 29;
    /** Multipath TCP, RFC 8684. */
    public static final int MPTCP = 30;
    /** TCP Fast Open cookie, RFC 7413. */
    public static final int FAST_OPEN = 34;

    /** Bytes of a well-formed MSS option. */
    static final int MSS_LENGTH = 4;

    /** Subtype MP_JOIN of {@link #MPTCP}, RFC 8684 section 3.2. */
    private static final int MP_JOIN = 1;

    /** The layout of most segments, RFC 7323 appendix A: two no-operations and the timestamps, 12 bytes. */
    private static final int TIMESTAMPS_ALONE = NOP << 24 | NOP << 16 | TIMESTAMPS << 8 | 10;

    private static final int TIMESTAMPS_ALONE_LENGTH = TcpHeader.MIN_LENGTH + 12;

    /** Largest window shift, RFC 7323 section 2.3. */
    public static final int MAX_WINDOW_SHIFT = 14;

    private TcpOptions() {}

    /**
     * Bytes of the option at {@code at}, which is before {@code end}, the index behind the header: 1 for {@link #END} and
     * {@link #NOP}, else what its length byte says, or -1 when that is under 2 or runs past the header.
     */
    static int lengthAt(ByteBuffer b, int at, int end) {
        int kind = b.get(at) & 0xff;
        if (kind == END || kind == NOP) {
            return 1;
        }
        int length = at + 1 < end ? b.get(at + 1) & 0xff : 0;
        return length < 2 || at + length > end ? -1 : length;
    }

    /**
     * Index of the first option of this kind (not {@link #END} or {@link #NOP}) in the header at {@code tcp}, or -1. The option
     * found lies whole within the header and its length byte is at least 2.
     */
    public static int find(ByteBuffer b, int tcp, int kind) {
        int end = tcp + TcpHeader.headerLength(b, tcp);
        return find(b, tcp + TcpHeader.OPTIONS_FIELD_OFFSET, end, kind);
    }

    /** As {@link #find(ByteBuffer, int, int)}, for a walk that goes on at {@code from} of the options that stop at {@code end}. */
    static int find(ByteBuffer b, int from, int end, int kind) {
        int at = from;
        while (at < end) {
            int k = b.get(at) & 0xff;
            int length = lengthAt(b, at, end);
            if (k == END || length < 0) {
                return -1;
            }
            if (k == kind && k != NOP) {
                return at;
            }
            at += length;
        }
        return -1;
    }

    /** {@link PacketDefect#BAD_OPTION_LENGTH} when the list is malformed, else {@link PacketDefect#NONE}. */
    public static PacketDefect check(ByteBuffer b, int tcp) {
        int end = tcp + TcpHeader.headerLength(b, tcp);
        int at = tcp + TcpHeader.OPTIONS_FIELD_OFFSET;
        while (at < end && b.get(at) != END) {
            int length = lengthAt(b, at, end);
            if (length < 0) {
                return PacketDefect.BAD_OPTION_LENGTH;
            }
            at += length;
        }
        return PacketDefect.NONE;
    }

    /** Index of the last option of this kind and length, which is the one that Linux obeys (tcp_parse_options), or -1. */
    private static int findSized(ByteBuffer b, int tcp, int kind, int length) {
        int end = tcp + TcpHeader.headerLength(b, tcp);
        int found = -1;
        int at = find(b, tcp + TcpHeader.OPTIONS_FIELD_OFFSET, end, kind);
        while (at >= 0) {
            int foundLength = b.get(at + 1) & 0xff;
            found = foundLength == length ? at : found;
            at = find(b, at + foundLength, end, kind);
        }
        return found;
    }

    /** The MSS announced, 0..65535 bytes, or -1 when absent. */
    public static int mss(ByteBuffer b, int tcp) {
        int at = findSized(b, tcp, MSS, MSS_LENGTH);
        return at < 0 ? -1 : b.getShort(at + 2) & 0xffff;
    }

    /** The window shift announced, lowered to 14 as RFC 7323 section 2.3 asks, or -1 when absent. */
    public static int windowShift(ByteBuffer b, int tcp) {
        int at = findSized(b, tcp, WINDOW_SCALE, 3);
        return at < 0 ? -1 : Math.min(b.get(at + 2) & 0xff, MAX_WINDOW_SHIFT);
    }

    public static boolean isSackPermitted(ByteBuffer b, int tcp) {
        return findSized(b, tcp, SACK_PERMITTED, 2) >= 0;
    }

    /** True when the header has an option of Multipath TCP. */
    public static boolean isMultipath(ByteBuffer b, int tcp) {
        int length = TcpHeader.headerLength(b, tcp);
        boolean isUsual = length == TcpHeader.MIN_LENGTH
                || length == TIMESTAMPS_ALONE_LENGTH
                        && b.getInt(tcp + TcpHeader.OPTIONS_FIELD_OFFSET) == TIMESTAMPS_ALONE;
        return !isUsual && find(b, tcp, MPTCP) >= 0;
    }

    /** True when a SYN adds a subflow to a Multipath TCP connection instead of opening one: RFC 8684 section 3.2. */
    public static boolean joinsMultipath(ByteBuffer b, int tcp) {
        int at = find(b, tcp, MPTCP);
        return at >= 0 && b.get(at + 1) > 2 && (b.get(at + 2) & 0xf0) >>> 4 == MP_JOIN;
    }

    /** Index of a well-formed timestamps option, or -1; TSval is at +2, TSecr at +6. */
    public static int timestamps(ByteBuffer b, int tcp) {
        return findSized(b, tcp, TIMESTAMPS, 10);
    }
}
