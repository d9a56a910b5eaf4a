// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.copier.session.TargetResponse;
import drcopy.wire.TcpOptions;
import java.nio.ByteBuffer;

/** Writes a response record in the layout of {@code ResponseBatch.records} in interception.proto. */
final class ResponseRecord {
    private ResponseRecord() {}

    /** {@code header} is a TCP header at index 0 of which only the options count. */
    static void write(ByteBuffer b, long routeId, Header tcp, int payloadLength, ByteBuffer header) {
        int timestamps = TcpOptions.timestamps(header, 0);
        int mss = TcpOptions.mss(header, 0);
        int shift = TcpOptions.windowShift(header, 0);
        int has = (timestamps >= 0 ? TargetResponse.HAS_TIMESTAMPS : 0)
                | (mss >= 0 ? TargetResponse.HAS_MSS : 0)
                | (shift >= 0 ? TargetResponse.HAS_WINDOW_SHIFT : 0)
                | (TcpOptions.isSackPermitted(header, 0) ? TargetResponse.HAS_SACK_PERMITTED : 0);
        b.putLong(0, routeId).putInt(8, tcp.seq()).putInt(12, tcp.ack()).putInt(16, payloadLength);
        b.putShort(20, (short) tcp.window()).put(22, (byte) tcp.flags()).put(23, (byte) has);
        b.putInt(24, timestamps < 0 ? 0 : header.getInt(timestamps + 2));
        b.putInt(28, timestamps < 0 ? 0 : header.getInt(timestamps + 6));
        b.putShort(32, (short) Math.max(mss, 0))
                .put(34, (byte) Math.max(shift, 0))
                .put(35, (byte) 0);
        b.putInt(36, 0);
    }
}
