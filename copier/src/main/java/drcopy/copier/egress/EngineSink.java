// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.egress;

import drcopy.copier.session.SegmentSink;
import drcopy.netio.PacketSink;
import java.nio.ByteBuffer;

/** Writes the engine's packets straight into the sender's batch. Owned by the shard thread, which flushes the batch. */
public final class EngineSink implements SegmentSink {
    private final PacketSink sink;
    private long packets;
    private long bytes;

    public EngineSink(PacketSink sink) {
        this.sink = sink;
    }

    @Override
    public ByteBuffer claim() {
        return sink.claim();
    }

    @Override
    public void commit(int length) {
        packets++;
        bytes += length;
        sink.commit(length);
    }

    /** Packets written so far. */
    public long packets() {
        return packets;
    }

    /** Their bytes, IP headers included. */
    public long bytes() {
        return bytes;
    }
}
