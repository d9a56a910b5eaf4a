// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.wire.IpPacket;
import drcopy.wire.TcpOptions;
import java.nio.ByteBuffer;

/**
 * Makes the sessions of each repetition new ones: the clients' sequence numbers and timestamps are moved ahead by a quarter of
 * their space. A target that still has the connection of the repetition before in TIME_WAIT takes the SYN for a newer one (RFC
 * 9293 3.10.7.8, RFC 7323 5). Ports stay, as no other port is known to be free. Owned by the shard thread, except {@link #number}.
 */
final class Repetition {
    private static final int STEP = 1 << 30;
    private static final int SEQUENCE_NUMBER = 4;
    private static final int TS_VAL = 2;

    private volatile int number;

    /** From 0. Any thread. */
    int number() {
        return number;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void next() {
        number++;
    }

    /** Rewrites a client's segment; its checksum is not kept up, for the engine makes packets of its own. */
    void shift(IpPacket packet) {
        int by = number * STEP;
        if (by == 0) {
            return;
        }
        ByteBuffer b = packet.buffer();
        int tcp = packet.tcpOffset();
        b.putInt(tcp + SEQUENCE_NUMBER, b.getInt(tcp + SEQUENCE_NUMBER) + by);
        int timestamps = TcpOptions.timestamps(b, tcp);
        if (timestamps >= 0) {
            b.putInt(timestamps + TS_VAL, b.getInt(timestamps + TS_VAL) + by);
        }
    }
}
