// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;

/**
 * Fields of a TCP header in place, given the index of its first byte. The caller has checked the bounds ({@link
 * IpPacket#wrap}); buffers are big-endian.
 *
 * <pre>
 *  0 source port | destination port          RFC 9293 section 3.1
 *  4 sequence number
 *  8 acknowledgment number
 * 12 data offset (4 bits), reserved | flags | window
 * 16 checksum | urgent pointer
 * 20 options
 * </pre>
 */
public final class TcpHeader {
    /** Bytes of a header without options. */
    public static final int MIN_LENGTH = 20;
    /** Bytes of the longest header. */
    public static final int MAX_LENGTH = 60;

    public static final int CHECKSUM_FIELD_OFFSET = 16;
    public static final int OPTIONS_FIELD_OFFSET = 20;

    private TcpHeader() {}

    public static int sourcePort(ByteBuffer b, int tcp) {
        return b.getShort(tcp) & 0xffff;
    }

    public static void sourcePort(ByteBuffer b, int tcp, int port) {
        b.putShort(tcp, (short) port);
    }

    public static int destinationPort(ByteBuffer b, int tcp) {
        return b.getShort(tcp + 2) & 0xffff;
    }

    public static void destinationPort(ByteBuffer b, int tcp, int port) {
        b.putShort(tcp + 2, (short) port);
    }

    /** SEG.SEQ. */
    public static int seq(ByteBuffer b, int tcp) {
        return b.getInt(tcp + 4);
    }

    public static void seq(ByteBuffer b, int tcp, int seq) {
        b.putInt(tcp + 4, seq);
    }

    /** SEG.ACK; meaningful only with the ACK flag. */
    public static int ack(ByteBuffer b, int tcp) {
        return b.getInt(tcp + 8);
    }

    public static void ack(ByteBuffer b, int tcp, int ack) {
        b.putInt(tcp + 8, ack);
    }

    /** Header bytes with options: the data offset times four, 0..60; not checked. */
    public static int headerLength(ByteBuffer b, int tcp) {
        return (b.get(tcp + 12) >>> 4 & 0xf) * 4;
    }

    /** Sets data offset and flags; the reserved bits become zero. */
    public static void headerLengthAndFlags(ByteBuffer b, int tcp, int headerLength, int flags) {
        b.putShort(tcp + 12, (short) (headerLength / 4 << 12 | flags & 0xff));
    }

    /** The control bits, see {@link TcpFlags}. */
    public static int flags(ByteBuffer b, int tcp) {
        return b.get(tcp + 13) & 0xff;
    }

    public static void flags(ByteBuffer b, int tcp, int flags) {
        b.put(tcp + 13, (byte) flags);
    }

    /** SEG.WND as sent, before scaling. */
    public static int window(ByteBuffer b, int tcp) {
        return b.getShort(tcp + 14) & 0xffff;
    }

    public static void window(ByteBuffer b, int tcp, int window) {
        b.putShort(tcp + 14, (short) window);
    }

    public static int checksum(ByteBuffer b, int tcp) {
        return b.getShort(tcp + CHECKSUM_FIELD_OFFSET) & 0xffff;
    }

    public static void checksum(ByteBuffer b, int tcp, int checksum) {
        b.putShort(tcp + CHECKSUM_FIELD_OFFSET, (short) checksum);
    }

    public static int urgentPointer(ByteBuffer b, int tcp) {
        return b.getShort(tcp + 18) & 0xffff;
    }

    public static void urgentPointer(ByteBuffer b, int tcp, int pointer) {
        b.putShort(tcp + 18, (short) pointer);
    }
}
