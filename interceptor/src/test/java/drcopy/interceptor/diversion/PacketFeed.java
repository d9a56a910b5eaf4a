// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSource;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A source that hands over what a test puts in. Any thread puts. */
final class PacketFeed implements PacketSource {
    private final ConcurrentLinkedQueue<ByteBuffer> packets = new ConcurrentLinkedQueue<>();
    private volatile long drops;

    void put(ByteBuffer packet) {
        packets.add(packet);
    }

    void drops(long value) {
        drops = value;
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        int count = 0;
        Instant now = Instant.now();
        for (ByteBuffer p; count < limit && (p = packets.poll()) != null; count++) {
            handler.onPacket(p, 0, p.limit(), p.limit(), now.getEpochSecond() * 1_000_000_000L + now.getNano());
        }
        return count;
    }

    @Override
    public int fileDescriptor() {
        return -1;
    }

    @Override
    public long kernelDrops() {
        return drops;
    }

    @Override
    public void close() {}
}
