// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;

/**
 * Changes to the options of a segment in place, its checksum with them (RFC 1624 equation 3): the header keeps its length and
 * every other bit. The checksum stays as right or wrong as it was; that of a packet captured before the NIC completed it (a
 * partial one) has to be computed anew afterwards. The caller has checked the bounds ({@link IpPacket#wrap}).
 */
public final class TcpRewrite {
    private TcpRewrite() {}

    /**
     * Lowers every MSS option of the header at {@code tcp} that announces more than {@code limit} bytes.
     *
     * @return true when something changed
     */
    public static boolean lowerMss(ByteBuffer b, int tcp, int limit) {
        int end = tcp + TcpHeader.headerLength(b, tcp);
        boolean isChanged = false;
        int at = TcpOptions.find(b, tcp + TcpHeader.OPTIONS_FIELD_OFFSET, end, TcpOptions.MSS);
        while (at >= 0) {
            int length = b.get(at + 1) & 0xff;
            if (length == TcpOptions.MSS_LENGTH && (b.getShort(at + 2) & 0xffff) > limit) {
                put16(b, tcp, at + 2, limit);
                isChanged = true;
            }
            at = TcpOptions.find(b, at + length, end, TcpOptions.MSS);
        }
        return isChanged;
    }

    /**
     * Replaces TSval and TSecr of the timestamps option that {@link TcpOptions#timestamps} finds.
     *
     * @return false when there is none
     */
    public static boolean timestamps(ByteBuffer b, int tcp, int value, int echo) {
        int at = TcpOptions.timestamps(b, tcp);
        if (at < 0) {
            return false;
        }
        put16(b, tcp, at + 2, value >>> 16);
        put16(b, tcp, at + 4, value);
        put16(b, tcp, at + 6, echo >>> 16);
        put16(b, tcp, at + 8, echo);
        return true;
    }

    /** Overwrites the option at {@code at} (from {@link TcpOptions#find}) with no-operations. */
    public static void erase(ByteBuffer b, int tcp, int at) {
        int length = b.get(at + 1) & 0xff;
        for (int i = 0; i < length; i++) {
            put8(b, tcp, at + i, TcpOptions.NOP);
        }
    }

    /** At an odd distance from the header's begin the two bytes stand in different words, swapped (RFC 1071 section 2 B). */
    private static void put16(ByteBuffer b, int tcp, int at, int value) {
        short old = b.getShort(at);
        short now = (short) value;
        b.putShort(at, now);
        boolean isOdd = (at - tcp & 1) != 0;
        update(b, tcp, isOdd ? Short.reverseBytes(old) : old, isOdd ? Short.reverseBytes(now) : now);
    }

    private static void put8(ByteBuffer b, int tcp, int at, int value) {
        int shift = (at - tcp & 1) != 0 ? 0 : 8;
        int old = (b.get(at) & 0xff) << shift;
        b.put(at, (byte) value);
        update(b, tcp, old, (value & 0xff) << shift);
    }

    private static void update(ByteBuffer b, int tcp, int oldWord, int newWord) {
        TcpHeader.checksum(b, tcp, InternetChecksum.update16(TcpHeader.checksum(b, tcp), oldWord, newWord));
    }
}
