// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSource;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A source of clients' packets with others beside it, of online's, which have a handler of their own. The packets of an address
 * family are handed over in the order of the kernel's timestamps, for a ring may show its packets milliseconds later than
 * another: what online says comes behind what it answers and ahead of what the client makes of it. Only clients' packets are
 * worth waking for. Owned by the shard thread; allocates nothing.
 */
public final class TwoWaySource implements PacketSource {
    /** No client's packet is seen later than that; what waits longer waits for a clock that was set back. */
    private static final long LONGEST_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int ONLINE_PER_POLL = 1024;

    /**
     * Online's packets of one address family.
     *
     * @param version of IP, 4 or 6
     */
    public record Way(int version, PacketSource source) {}

    private final PacketSource clients;
    private final List<Lane> lanes;
    private final Supplier<PacketHandler> onlineHandler;
    private final LongSupplier clock;
    private final PacketHandler merge = new Merge();
    private PacketHandler clientHandler;

    /**
     * @param snaplen longest packet that is handed over of online's, bytes
     * @param onlineHandler asked when there is something to hand over
     * @param clock monotonic, nanoseconds
     */
    public TwoWaySource(
            PacketSource clients,
            List<Way> online,
            int snaplen,
            Supplier<PacketHandler> onlineHandler,
            LongSupplier clock) {
        this.clients = clients;
        this.onlineHandler = onlineHandler;
        this.clock = clock;
        lanes = online.stream().map(way -> new Lane(way, snaplen)).toList();
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        clientHandler = handler;
        int done = clients.poll(merge, limit);
        for (int i = 0; i < lanes.size(); i++) {
            done += lanes.get(i).handOverLate();
        }
        return done;
    }

    /** Hands over a client's packet behind what online said before it. */
    private final class Merge implements PacketHandler {
        @Override
        public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
            handOverBefore(buffer.get(offset), timestampNs);
            clientHandler.onPacket(buffer, offset, capturedLength, wireLength, timestampNs);
        }

        @Override
        public void onUnverified(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
            handOverBefore(buffer.get(offset), timestampNs);
            clientHandler.onUnverified(buffer, offset, capturedLength, wireLength, timestampNs);
        }

        private void handOverBefore(byte first, long timestampNs) {
            int version = (first & 0xf0) >> 4;
            for (int i = 0; i < lanes.size(); i++) {
                if (lanes.get(i).way.version == version) {
                    lanes.get(i).handOverUntil(timestampNs);
                }
            }
        }
    }

    /** Online's next packet of a family. */
    private final class Lane {
        private final Way way;
        private final PacketHandler keep = this::keep;
        /** The packet, when {@link #isKept}. */
        private final ByteBuffer kept;

        private boolean isKept;
        private int keptLength;
        private int keptWireLength;
        private long keptTimestampNs;
        private long keptSinceNs;

        Lane(Way way, int snaplen) {
            this.way = way;
            kept = ByteBuffer.allocate(snaplen);
        }

        void handOverUntil(long timestampNs) {
            while ((isKept || look()) && keptTimestampNs - timestampNs <= 0) {
                handOver();
            }
        }

        /** What no client's packet comes for. */
        int handOverLate() {
            int done = 0;
            if (isKept || look()) {
                long nowNs = clock.getAsLong();
                while (done < ONLINE_PER_POLL && isKept && nowNs - keptSinceNs > LONGEST_WAIT_NS) {
                    handOver();
                    look();
                    done++;
                }
            }
            return done;
        }

        /** True when there is a packet, kept now. */
        private boolean look() {
            return way.source.poll(keep, 1) > 0 && isKept;
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
    }

    /** {@inheritDoc} The clients' one. */
    @Override
    public int fileDescriptor() {
        return clients.fileDescriptor();
    }

    @Override
    public long kernelDrops() {
        return clients.kernelDrops()
                + lanes.stream()
                        .mapToLong(lane -> lane.way.source.kernelDrops())
                        .sum();
    }

    @Override
    public void close() {
        lanes.forEach(lane -> lane.way.source.close());
        clients.close();
    }
}
