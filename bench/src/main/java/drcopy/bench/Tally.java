// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.netio.AfPacketSource;
import drcopy.netio.CaptureOptions;
import drcopy.netio.PacketHandler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A capture at the end of the {@link Wire} whose reader counts, and looks at each packet's addresses. One thread. */
final class Tally implements PacketHandler {
    private static final int SNAPLEN = 1600;
    private static final int BUFFER_MIB = 64;
    /** Longer than the kernel keeps a block that is not full. */
    private static final long LONGEST_BLOCK_NS = 50_000_000L;

    private final AfPacketSource source;
    private long packets;
    private long addresses;

    /** @param ring a {@link CaptureOptions.Mode}, or OFF for no capture */
    Tally(String ring) {
        source = ring.equals("OFF") ? null : new AfPacketSource(options(CaptureOptions.Mode.valueOf(ring)));
    }

    private static CaptureOptions options(CaptureOptions.Mode mode) {
        return CaptureOptions.incoming(List.of(Wire.TO), "ip and tcp dst port 80")
                .withMode(mode)
                .withSnaplen(SNAPLEN)
                .withBufferMiB(BUFFER_MIB);
    }

    /** Reads what is there, at most {@code limit} packets; returns something that depends on all of them. */
    long read(int limit) {
        if (source != null) {
            source.poll(this, limit);
        }
        return addresses;
    }

    @Override
    public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        packets++;
        addresses += buffer.getLong(offset + 12);
    }

    /** Waits until the kernel has handed over what it captured. */
    static void awaitHandedOver() {
        LockSupport.parkNanos(LONGEST_BLOCK_NS);
    }

    /** Reads the rest and fails unless it has had every packet that was sent. */
    void close(long sent) {
        if (source == null) {
            return;
        }
        awaitHandedOver();
        read(Integer.MAX_VALUE);
        long drops = source.kernelDrops();
        source.close();
        if (packets != sent) {
            throw new IllegalStateException(
                    "of " + sent + " packets " + packets + " were captured, and the ring dropped " + drops);
        }
    }
}
