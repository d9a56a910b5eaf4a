// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;

/**
 * Fields of a route record in place, as documented at {@code RouteBatch.add} in interception.proto. Big-endian; the caller has
 * checked the bounds.
 *
 * <pre>
 *  0 route id (u64)
 *  8 client address (16 bytes)   24 target address (16 bytes)
 * 40 client port   42 target port   44 instance ID   46 payload bytes wanted
 * </pre>
 */
public final class RouteRecord {
    /** Bytes of one record. */
    public static final int LENGTH = 48;
    /** Bytes of one entry of {@code RouteBatch.remove}: a route id. */
    public static final int REMOVE_LENGTH = 8;

    private RouteRecord() {}

    public static long routeId(ByteBuffer b, int at) {
        return b.getLong(at);
    }

    /** The flow of the target's responses to this route. */
    public static FlowKey key(ByteBuffer b, int at, FlowKey into) {
        return into.set(
                b.getLong(at + 8),
                b.getLong(at + 16),
                b.getShort(at + 40) & 0xffff,
                b.getLong(at + 24),
                b.getLong(at + 32),
                b.getShort(at + 42) & 0xffff);
    }

    /** 0..65535; instance IDs end at 1023. */
    public static int instanceId(ByteBuffer b, int at) {
        return b.getShort(at + 44) & 0xffff;
    }

    /** Bytes, 0..65535; 0 asks for headers only. */
    public static int payloadWanted(ByteBuffer b, int at) {
        return b.getShort(at + 46) & 0xffff;
    }

    /** Writes a whole record. */
    public static void put(ByteBuffer b, int at, long routeId, FlowKey key, int instanceId, int payloadWanted) {
        b.putLong(at, routeId);
        b.putLong(at + 8, key.clientHi);
        b.putLong(at + 16, key.clientLo);
        b.putLong(at + 24, key.serverHi);
        b.putLong(at + 32, key.serverLo);
        b.putShort(at + 40, (short) key.clientPort);
        b.putShort(at + 42, (short) key.serverPort);
        b.putShort(at + 44, (short) instanceId);
        b.putShort(at + 46, (short) payloadWanted);
    }
}
