// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The options of a SYN toward the target: of the captured ones MSS, window scale, SACK permitted and timestamps, in their order
 * and with the no-operations among them; all others would open a dialogue of their own and are left out.
 */
final class SynOptions {
    private static final int MOST = TcpHeader.MAX_LENGTH - TcpHeader.MIN_LENGTH;

    private SynOptions() {}

    /** What of the captured SYN's options is sent on, padded to a multiple of four with no-operations. */
    static byte[] copy(ByteBuffer b, int tcp, int mostMss) {
        byte[] options = new byte[MOST];
        int length = 0;
        int end = tcp + TcpHeader.headerLength(b, tcp);
        for (int at = tcp + TcpHeader.OPTIONS_FIELD_OFFSET; at < end; ) {
            int kind = b.get(at) & 0xff;
            int size = kind == TcpOptions.NOP ? 1 : at + 1 < end ? b.get(at + 1) & 0xff : 0;
            if (kind == TcpOptions.END || size < 1 || kind != TcpOptions.NOP && size < 2 || at + size > end) {
                break;
            }
            if (isSentOn(kind, size)) {
                b.get(at, options, length, size);
                length += size;
            }
            at += size;
        }
        while (length % 4 != 0) {
            options[length++] = TcpOptions.NOP;
        }
        byte[] copy = Arrays.copyOf(options, length);
        lowerMss(copy, mostMss);
        return copy;
    }

    /** MSS alone. */
    static byte[] mss(int mss) {
        return new byte[] {TcpOptions.MSS, 4, (byte) (mss >>> 8), (byte) mss};
    }

    /** The MSS option's value, or 0 without one. */
    static int mssOf(byte[] options) {
        int at = find(options, TcpOptions.MSS);
        return at < 0 ? 0 : (options[at + 2] & 0xff) << 8 | options[at + 3] & 0xff;
    }

    private static boolean isSentOn(int kind, int size) {
        return switch (kind) {
            case TcpOptions.NOP -> true;
            case TcpOptions.MSS -> size == 4;
            case TcpOptions.WINDOW_SCALE -> size == 3;
            case TcpOptions.SACK_PERMITTED -> size == 2;
            case TcpOptions.TIMESTAMPS -> size == 10;
            default -> false;
        };
    }

    private static void lowerMss(byte[] options, int most) {
        int at = find(options, TcpOptions.MSS);
        if (at >= 0 && mssOf(options) > most) {
            options[at + 2] = (byte) (most >>> 8);
            options[at + 3] = (byte) most;
        }
    }

    /** Sets TSval and clears TSecr, where the timestamps option is present. */
    static void timestamp(byte[] options, int tsVal) {
        int at = find(options, TcpOptions.TIMESTAMPS);
        if (at >= 0) {
            ByteBuffer.wrap(options).putInt(at + 2, tsVal).putInt(at + 6, 0);
        }
    }

    private static int find(byte[] options, int kind) {
        for (int at = 0; at < options.length; ) {
            if (options[at] == kind) {
                return at;
            }
            at += options[at] == TcpOptions.NOP ? 1 : options[at + 1];
        }
        return -1;
    }
}
