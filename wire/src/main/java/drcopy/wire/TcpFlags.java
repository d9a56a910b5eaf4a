// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

/** The control bits of a TCP header (RFC 9293 section 3.1; CWR and ECE from RFC 3168), as in its byte 13. */
public final class TcpFlags {
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;

    private TcpFlags() {}

    /** True when every bit of {@code mask} is set. */
    public static boolean all(int flags, int mask) {
        return (flags & mask) == mask;
    }

    /** True when at least one bit of {@code mask} is set. */
    public static boolean any(int flags, int mask) {
        return (flags & mask) != 0;
    }

    /** Letters and order of tcpdump and packetdrill, {@code .} for ACK: {@code S.}, {@code P.U}, {@code SEW}, {@code R}. */
    public static String text(int flags) {
        StringBuilder s = new StringBuilder(8);
        append(s, flags, FIN, 'F');
        append(s, flags, SYN, 'S');
        append(s, flags, RST, 'R');
        append(s, flags, PSH, 'P');
        append(s, flags, ACK, '.');
        append(s, flags, URG, 'U');
        append(s, flags, ECE, 'E');
        append(s, flags, CWR, 'W');
        return s.length() == 0 ? "-" : s.toString();
    }

    private static void append(StringBuilder s, int flags, int bit, char letter) {
        if ((flags & bit) != 0) {
            s.append(letter);
        }
    }
}
