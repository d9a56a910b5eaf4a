// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.nio.ByteBuffer;

/**
 * A flyweight over one response record (layout: {@code ResponseBatch.records} in interception.proto). Valid during the call
 * that handed it over.
 */
public final class TargetResponse {
    /** Bytes of a record. */
    public static final int LENGTH = 40;

    public static final int HAS_TIMESTAMPS = 1;
    public static final int HAS_SACK_PERMITTED = 2;
    public static final int HAS_WINDOW_SHIFT = 4;
    public static final int HAS_MSS = 8;

    private ByteBuffer buffer;
    private int offset;
    private ByteBuffer payload;

    /** A record without payload. */
    public TargetResponse wrap(ByteBuffer buffer, int offset) {
        return wrap(buffer, offset, null);
    }

    /** @param payload the first bytes of the segment's payload, position to limit, or null */
    public TargetResponse wrap(ByteBuffer buffer, int offset, ByteBuffer payload) {
        this.buffer = buffer;
        this.offset = offset;
        this.payload = payload;
        return this;
    }

    public long routeId() {
        return buffer.getLong(offset);
    }

    /** SEG.SEQ, in the target's space. */
    public int seq() {
        return buffer.getInt(offset + 8);
    }

    /** SEG.ACK, in the client's space. */
    public int ack() {
        return buffer.getInt(offset + 12);
    }

    /** Payload bytes; a super-segment may have more than 65535. */
    public int payloadLength() {
        return buffer.getInt(offset + 16);
    }

    /** SEG.WND before scaling. */
    public int window() {
        return buffer.getShort(offset + 20) & 0xffff;
    }

    /** See {@link drcopy.wire.TcpFlags}. */
    public int flags() {
        return buffer.get(offset + 22) & 0xff;
    }

    public boolean has(int option) {
        return (buffer.get(offset + 23) & option) != 0;
    }

    public int tsVal() {
        return buffer.getInt(offset + 24);
    }

    public int tsEcr() {
        return buffer.getInt(offset + 28);
    }

    public int mss() {
        return buffer.getShort(offset + 32) & 0xffff;
    }

    public int windowShift() {
        return buffer.get(offset + 34) & 0xff;
    }

    /** Holds the first bytes of the payload, or null. */
    ByteBuffer shown() {
        return payload;
    }

    /** Index of the first of them. */
    int shownAt() {
        return payload == null ? 0 : payload.position();
    }

    /** How many there are. */
    int shownLength() {
        return payload == null ? 0 : payload.remaining();
    }

    /** Microseconds the response waited in the interceptor. */
    public int ageMicros() {
        return buffer.getInt(offset + 36);
    }
}
