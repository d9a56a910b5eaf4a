// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSource;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A source of clients' packets with another beside it, of online's, which has a handler of its own. The two are handed over in
 * the order of the kernel's timestamps, for a ring may show its packets milliseconds later than another: what online says comes
 * behind what it answers and ahead of what the client makes of it. Only clients' packets are worth waking for. Owned by the shard
 * thread; allocates nothing.
 */
public final class TwoWaySource implements PacketSource {
    /** No client's packet is seen later than that; what waits longer waits for a clock that was set back. */
    private static final long LONGEST_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int ONLINE_PER_POLL = 1024;

    private final PacketSource clients;
    private final PacketSource online;
    private final Supplier<PacketHandler> onlineHandler;
    private final LongSupplier clock;
    private final PacketHandler keep = this::keep;
    private final PacketHandler merge = this::merge;
    /** Online's next packet, when {@link #isKept}. */
    private final ByteBuffer kept;

    private boolean isKept;
    private int keptLength;
    private int keptWireLength;
    private long keptTimestampNs;
    private long keptSinceNs;
    private PacketHandler clientHandler;

    /**
     * @param snaplen longest packet that {@code online} hands over, bytes
     * @param onlineHandler asked when there is something to hand over
     * @param clock monotonic, nanoseconds
     */
    public TwoWaySource(
            PacketSource clients,
            PacketSource online,
            int snaplen,
            Supplier<PacketHandler> onlineHandler,
            LongSupplier clock) {
        this.clients = clients;
        this.online = online;
        this.onlineHandler = onlineHandler;
        this.clock = clock;
        kept = ByteBuffer.allocate(snaplen);
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        clientHandler = handler;
        int done = clients.poll(merge, limit);
        if (isKept || look()) {
            long nowNs = clock.getAsLong();
            for (int i = 0; i < ONLINE_PER_POLL && isKept && nowNs - keptSinceNs > LONGEST_WAIT_NS; i++) {
                handOver();
                look();
                done++;
            }
        }
        return done;
    }

    private void merge(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        while ((isKept || look()) && keptTimestampNs - timestampNs <= 0) {
            handOver();
        }
        clientHandler.onPacket(buffer, offset, capturedLength, wireLength, timestampNs);
    }

    /** True when there is a packet of online's, kept now. */
    private boolean look() {
        return online.poll(keep, 1) > 0 && isKept;
    }

    private void keep(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        keptLength = Math.min(capturedLength, kept.capacity());
        kept.put(0, buffer, offset, keptLength);
        keptWireLength = wireLength;
        keptTimestampNs = timestampNs;
        keptSinceNs = clock.getAsLong();
        isKept = true;
    }

    private void handOver() {
        isKept = false;
        onlineHandler.get().onPacket(kept, 0, keptLength, keptWireLength, keptTimestampNs);
    }

    /** {@inheritDoc} The clients' one. */
    @Override
    public int fileDescriptor() {
        return clients.fileDescriptor();
    }

    @Override
    public long kernelDrops() {
        return clients.kernelDrops() + online.kernelDrops();
    }

    @Override
    public void close() {
        online.close();
        clients.close();
    }
}
