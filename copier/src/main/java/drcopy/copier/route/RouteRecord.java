// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;

/**
 * The layout of {@code RouteBatch.add} in interception.proto, big-endian.
 *
 * <pre>
 *  0  u64  route id           40  u16  client port
 *  8  16B  client address     42  u16  target port
 * 24  16B  target address     44  u16  instance ID
 *                             46  u16  payload bytes wanted
 * </pre>
 */
public final class RouteRecord {
    /** Bytes of a record. */
    public static final int LENGTH = 48;

    /** Bytes of a removal: the route id. */
    static final int REMOVAL_LENGTH = 8;

    private RouteRecord() {}

    /** Writes a record at index {@code at}. */
    public static void put(ByteBuffer b, int at, long routeId, FlowKey replica, int instanceId, int payloadWanted) {
        b.putLong(at, routeId);
        b.putLong(at + 8, replica.clientHi);
        b.putLong(at + 16, replica.clientLo);
        b.putLong(at + 24, replica.serverHi);
        b.putLong(at + 32, replica.serverLo);
        b.putShort(at + 40, (short) replica.clientPort);
        b.putShort(at + 42, (short) replica.serverPort);
        b.putShort(at + 44, (short) instanceId);
        b.putShort(at + 46, (short) payloadWanted);
    }

    static long routeId(ByteBuffer b, int at) {
        return b.getLong(at);
    }

    /** Which of an interceptor's connections carries a route: the same for its whole life, and even over all routes. */
    static int connection(long routeId, int connections) {
        long h = (routeId ^ routeId >>> 31) * 0x9e3779b97f4a7c15L;
        return (int) ((h >>> 33) % connections);
    }
}
