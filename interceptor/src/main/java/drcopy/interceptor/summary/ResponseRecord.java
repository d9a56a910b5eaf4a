// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.summary;

/**
 * Layout of a response record, as documented at {@code ResponseBatch.records} in interception.proto. Big-endian.
 *
 * <pre>
 *  0 route id (u64)
 *  8 SEG.SEQ            12 SEG.ACK
 * 16 payload length     20 window (u16)  22 flags (u8)  23 options present (u8)
 * 24 TSval              28 TSecr
 * 32 MSS (u16)          34 window shift (u8)  35 reserved
 * 36 microseconds from capture to record
 * </pre>
 */
public final class ResponseRecord {
    /** Bytes of one record. */
    public static final int LENGTH = 40;

    public static final int ROUTE_ID_OFFSET = 0;
    public static final int SEQ_OFFSET = 8;
    public static final int ACK_OFFSET = 12;
    public static final int PAYLOAD_LENGTH_OFFSET = 16;
    public static final int WINDOW_OFFSET = 20;
    public static final int FLAGS_OFFSET = 22;
    public static final int OPTIONS_OFFSET = 23;
    public static final int TSVAL_OFFSET = 24;
    public static final int TSECR_OFFSET = 28;
    public static final int MSS_OFFSET = 32;
    public static final int WINDOW_SHIFT_OFFSET = 34;
    public static final int RESERVED_OFFSET = 35;
    public static final int AGE_OFFSET = 36;

    /** Bits of the byte at {@link #OPTIONS_OFFSET}. */
    public static final int HAS_TIMESTAMPS = 1;

    public static final int HAS_SACK_PERMITTED = 2;
    public static final int HAS_WINDOW_SCALE = 4;
    public static final int HAS_MSS = 8;

    private ResponseRecord() {}
}
