// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;

/**
 * A captured segment of the client's stream, or a part of one, from its capture until the target has acknowledged it. It is a
 * node of one list at a time ({@link SegmentQueue}). Its bytes lie in the slot of the {@link SegmentPool} it was made with.
 */
final class Segment {
    /** The client had seen an answer since its segment before: {@link #answer} bytes. */
    static final int REQUEST = 0x100;
    /** A connection may begin with this segment. */
    static final int JOINABLE = 0x200;
    /** Rule 3 has let it go. */
    static final int RELEASED = 0x400;
    /** Counts as one captured segment in the books; other pieces of the same captured segment do not. */
    static final int BOOKED = 0x800;
    /** Was given to a second connection already because the first took nothing of it. */
    static final int RETRIED = 0x1000;
    /** Its request was counted as held. */
    static final int HELD = 0x2000;
    /** The client acknowledged an answer with a segment of its own before this one, at its sequence number. */
    static final int ACKED_BEFORE = 0x4000;
    /** Begins within a message ({@link HttpFraming}): whatever the client has seen since, it is no request of its own. */
    static final int CONTINUES = 0x8000;

    final SegmentPool.Chunk chunk;
    final int slot;
    Segment prev;
    Segment next;
    /** Client space. */
    int seq;
    /** Payload bytes. */
    int length;
    /** Index of the first payload byte in the chunk. */
    int dataOffset;
    /** TCP flags in the low byte, marks above. */
    int flags;
    /** Online space; of a segment that filled a hole at most that of the segment behind it. */
    int onlineAck;
    /** Bytes of online's that the client had seen since its request before; 0 when it is no {@link #REQUEST}. */
    int answer;

    int tsVal;
    int urgentPointer;
    /** Traffic class without ECN bits. */
    int trafficClass;

    long capturedNs;
    /** When the client sent it, on the clock that its silence is measured by. */
    long seenNs;

    Segment(SegmentPool.Chunk chunk, int slot) {
        this.chunk = chunk;
        this.slot = slot;
    }

    /** Sequence number behind it; FIN counts. */
    int end() {
        return seq + length + (flags & TcpFlags.FIN);
    }

    boolean is(int mark) {
        return (flags & mark) != 0;
    }

    boolean isFin() {
        return (flags & TcpFlags.FIN) != 0;
    }

    /** True for a node that ends the connection: a client's RST, or the engine's own end of a connection. */
    boolean isReset() {
        return (flags & TcpFlags.RST) != 0;
    }

    /** 1 for a segment that counts in the books, else 0. */
    int booked() {
        return is(BOOKED) ? 1 : 0;
    }

    ByteBuffer bytes() {
        return chunk.bytes;
    }

    /** Gives up the first bytes. */
    void trimFront(int count) {
        seq += count;
        dataOffset += count;
        length -= count;
        urgentPointer = Math.max(0, urgentPointer - count);
    }

    /** Gives up the last bytes and the FIN behind them. */
    void trimBack(int count) {
        length -= count;
        flags &= ~TcpFlags.FIN;
    }
}
