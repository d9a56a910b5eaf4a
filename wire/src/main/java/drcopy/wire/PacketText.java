// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;

/**
 * A packet as one line in packetdrill's notation, for logs and tests:
 *
 * <pre>198.18.8.1:4321 &gt; 198.18.1.200:80 P. 1:11(10) ack 1 win 502 &lt;nop,nop,TS val 5 ecr 6&gt;</pre>
 *
 * As there, the sequence range counts payload bytes only, and numbers are unsigned. Bytes that are no usable segment become
 * the name of their {@link PacketDefect}, their length and their beginning in hexadecimal. Not for the hot path.
 */
public final class PacketText {
    private static final int DEFECT_BYTES = 24;

    private PacketText() {}

    /** The packet of {@code length} captured bytes at {@code offset} of a big-endian buffer, with sequence numbers as sent. */
    public static String text(ByteBuffer b, int offset, int length) {
        return text(b, offset, length, 0, 0);
    }

    /**
     * As {@link #text(ByteBuffer, int, int)}, with relative sequence numbers.
     *
     * @param seqBase subtracted from SEG.SEQ
     * @param ackBase subtracted from SEG.ACK and the edges of SACK blocks
     */
    public static String text(ByteBuffer b, int offset, int length, int seqBase, int ackBase) {
        IpPacket packet = new IpPacket();
        PacketDefect defect = packet.wrapHeaders(b, offset, length, length);
        return defect == PacketDefect.NONE ? text(packet, seqBase, ackBase) : defectText(b, offset, length, defect);
    }

    /** A packet that wrapped without a defect, with sequence numbers as sent. */
    public static String text(IpPacket packet) {
        return text(packet, 0, 0);
    }

    /** A packet that wrapped without a defect, with relative sequence numbers. */
    public static String text(IpPacket p, int seqBase, int ackBase) {
        return Addresses.text(p.sourceHi(), p.sourceLo(), p.sourcePort())
                + " > "
                + Addresses.text(p.destinationHi(), p.destinationLo(), p.destinationPort())
                + " "
                + segmentText(p.buffer(), p.tcpOffset(), p.payloadLength(), seqBase, ackBase);
    }

    /** The segment alone, without addresses and ports: {@code P. 1:11(10) ack 1 win 502}. */
    public static String segmentText(ByteBuffer b, int tcp, int payloadLength, int seqBase, int ackBase) {
        int flags = TcpHeader.flags(b, tcp);
        int seq = TcpHeader.seq(b, tcp) - seqBase;
        StringBuilder s = new StringBuilder(96);
        s.append(TcpFlags.text(flags)).append(' ').append(unsigned(seq));
        s.append(':').append(unsigned(seq + payloadLength));
        s.append('(').append(payloadLength).append(')');
        if (TcpFlags.all(flags, TcpFlags.ACK)) {
            s.append(" ack ").append(unsigned(TcpHeader.ack(b, tcp) - ackBase));
        }
        s.append(" win ").append(TcpHeader.window(b, tcp));
        if (TcpFlags.all(flags, TcpFlags.URG)) {
            s.append(" urg ").append(TcpHeader.urgentPointer(b, tcp));
        }
        if (TcpHeader.headerLength(b, tcp) > TcpHeader.MIN_LENGTH) {
            s.append(" <").append(optionsText(b, tcp, ackBase)).append('>');
        }
        return s.toString();
    }

    /** The options of a header, comma-separated; a malformed rest is named and shown in hexadecimal. */
    private static String optionsText(ByteBuffer b, int tcp, int ackBase) {
        int end = tcp + TcpHeader.headerLength(b, tcp);
        StringBuilder s = new StringBuilder(64);
        int at = tcp + TcpHeader.OPTIONS_FIELD_OFFSET;
        while (at < end) {
            s.append(s.length() == 0 ? "" : ",");
            int kind = b.get(at) & 0xff;
            if (kind == TcpOptions.END) {
                return s.append("eol").toString();
            }
            int length = TcpOptions.lengthAt(b, at, end);
            if (length < 0) {
                s.append(PacketDefect.BAD_OPTION_LENGTH).append(" 0x");
                return appendHex(s, b, at, end - at).toString();
            }
            appendOption(s, b, at, length, ackBase);
            at += length;
        }
        return s.toString();
    }

    private static void appendOption(StringBuilder s, ByteBuffer b, int at, int length, int ackBase) {
        int kind = b.get(at) & 0xff;
        if (kind == TcpOptions.NOP) {
            s.append("nop");
        } else if (kind == TcpOptions.MSS && length == 4) {
            s.append("mss ").append(b.getShort(at + 2) & 0xffff);
        } else if (kind == TcpOptions.WINDOW_SCALE && length == 3) {
            s.append("wscale ").append(b.get(at + 2) & 0xff);
        } else if (kind == TcpOptions.SACK_PERMITTED && length == 2) {
            s.append("sackOK");
        } else if (kind == TcpOptions.TIMESTAMPS && length == 10) {
            s.append("TS val ").append(unsigned(b.getInt(at + 2)));
            s.append(" ecr ").append(unsigned(b.getInt(at + 6)));
        } else if (kind == TcpOptions.SACK && length > 2 && length % 8 == 2) {
            s.append("sack");
            for (int i = 2; i < length; i += 8) {
                s.append(' ').append(unsigned(b.getInt(at + i) - ackBase));
                s.append(':').append(unsigned(b.getInt(at + i + 4) - ackBase));
            }
        } else {
            s.append("kind ").append(kind).append(length > 2 ? " 0x" : "");
            appendHex(s, b, at + 2, length - 2);
        }
    }

    private static String defectText(ByteBuffer b, int offset, int length, PacketDefect defect) {
        StringBuilder s = new StringBuilder(96);
        s.append(defect).append(", ").append(length).append(" bytes");
        if (length > 0) {
            s.append(": 0x");
            appendHex(s, b, offset, Math.min(length, DEFECT_BYTES));
            s.append(length > DEFECT_BYTES ? "..." : "");
        }
        return s.toString();
    }

    private static StringBuilder appendHex(StringBuilder s, ByteBuffer b, int at, int length) {
        for (int i = 0; i < length; i++) {
            int value = b.get(at + i) & 0xff;
            s.append(Character.forDigit(value >>> 4, 16)).append(Character.forDigit(value & 0xf, 16));
        }
        return s;
    }

    private static String unsigned(int number) {
        return Integer.toUnsignedString(number);
    }
}
