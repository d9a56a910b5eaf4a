// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.summary;

import drcopy.wire.IpPacket;
import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import java.nio.ByteBuffer;

/** Writes the {@link ResponseRecord} of a packet. Stateless; any thread. */
public final class ResponseSummarizer {
    private ResponseSummarizer() {}

    /**
     * Writes all 40 bytes at {@code at}; the route id is left zero for {@link #routeId}. Options behind a malformed one count as
     * absent.
     *
     * @param packet wrapped without defect
     * @param ageNs nanoseconds from the capture until now; below zero counts as zero, the record stops at 71 minutes
     * @param out big-endian
     */
    public static void summarise(IpPacket packet, long ageNs, ByteBuffer out, int at) {
        ByteBuffer b = packet.buffer();
        int tcp = packet.tcpOffset();
        out.putLong(at + ResponseRecord.ROUTE_ID_OFFSET, 0);
        out.putInt(at + ResponseRecord.SEQ_OFFSET, TcpHeader.seq(b, tcp));
        out.putInt(at + ResponseRecord.ACK_OFFSET, TcpHeader.ack(b, tcp));
        out.putInt(at + ResponseRecord.PAYLOAD_LENGTH_OFFSET, packet.payloadLength());
        out.putShort(at + ResponseRecord.WINDOW_OFFSET, (short) TcpHeader.window(b, tcp));
        out.put(at + ResponseRecord.FLAGS_OFFSET, (byte) TcpHeader.flags(b, tcp));
        options(b, tcp, out, at);
        out.put(at + ResponseRecord.RESERVED_OFFSET, (byte) 0);
        out.putInt(at + ResponseRecord.AGE_OFFSET, (int) Math.min(Math.max(ageNs, 0) / 1000, 0xffffffffL));
    }

    /** Fills in the route id of a record. */
    public static void routeId(ByteBuffer out, int at, long routeId) {
        out.putLong(at + ResponseRecord.ROUTE_ID_OFFSET, routeId);
    }

    private static void options(ByteBuffer b, int tcp, ByteBuffer out, int at) {
        int timestamps = TcpOptions.timestamps(b, tcp);
        int mss = TcpOptions.mss(b, tcp);
        int shift = TcpOptions.windowShift(b, tcp);
        int present = (timestamps >= 0 ? ResponseRecord.HAS_TIMESTAMPS : 0)
                | (TcpOptions.isSackPermitted(b, tcp) ? ResponseRecord.HAS_SACK_PERMITTED : 0)
                | (shift >= 0 ? ResponseRecord.HAS_WINDOW_SCALE : 0)
                | (mss >= 0 ? ResponseRecord.HAS_MSS : 0);
        out.put(at + ResponseRecord.OPTIONS_OFFSET, (byte) present);
        out.putInt(at + ResponseRecord.TSVAL_OFFSET, timestamps < 0 ? 0 : b.getInt(timestamps + 2));
        out.putInt(at + ResponseRecord.TSECR_OFFSET, timestamps < 0 ? 0 : b.getInt(timestamps + 6));
        out.putShort(at + ResponseRecord.MSS_OFFSET, (short) Math.max(mss, 0));
        out.put(at + ResponseRecord.WINDOW_SHIFT_OFFSET, (byte) Math.max(shift, 0));
    }
}
