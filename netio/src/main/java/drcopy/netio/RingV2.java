// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * TPACKET_V2 (linux/if_packet.h): frames of one size, each handed over as soon as it is written; longer packets are cut.
 *
 * <pre>
 * frame +0 status  +4 wire length  +8 captured  +14 offset of the IP header (u16)  +16 sec  +20 nsec
 * </pre>
 */
final class RingV2 implements PacketRing {
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_VERSION = 10;
    private static final int TPACKET_V2 = 1;
    /** Where the IP header lies in a frame of a SOCK_DGRAM socket: TPACKET_ALIGN(tpacket2_hdr + sockaddr_ll) + 16. */
    private static final int HEADROOM = 80;

    private static final int MIN_BLOCK_SIZE = 64 * 1024;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final int frameSize;
    private final int blockSize;
    private final int frames;
    private ByteBuffer ring;
    private ByteBuffer packets;
    private int frame;

    /** A ring of about {@code bufferMiB}, whose frames have room for {@code snaplen} bytes. */
    RingV2(int bufferMiB, int snaplen) {
        int needed = HEADROOM + snaplen;
        // A power of two, so that frames fill a block without a rest and follow each other through the whole ring.
        frameSize = Integer.highestOneBit(needed - 1) << 1;
        blockSize = Math.max(MIN_BLOCK_SIZE, frameSize);
        frames = Math.max(2, (int) ((long) bufferMiB * 1024 * 1024 / blockSize)) * (blockSize / frameSize);
    }

    @Override
    public long length() {
        return (long) frames * frameSize;
    }

    @Override
    public void configure(int fd) {
        Sockets.option(fd, Libc.SOL_PACKET, PACKET_VERSION, "PACKET_VERSION", TPACKET_V2);
        int blocks = (int) (length() / blockSize);
        Sockets.option(fd, Libc.SOL_PACKET, PACKET_RX_RING, "PACKET_RX_RING", blockSize, blocks, frameSize, frames);
    }

    @Override
    public void map(NativeMemory memory) {
        ring = memory.buffer();
        packets = memory.networkOrder(0, ring.capacity());
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        int done = 0;
        while (done < limit) {
            int at = frame * frameSize;
            int status = (int) INT.getAcquire(ring, at);
            if ((status & OURS) == 0) {
                break;
            }
            done++;
            frame = frame + 1 == frames ? 0 : frame + 1;
            try {
                handOver(handler, at, status);
            } finally {
                INT.setRelease(ring, at, 0);
            }
        }
        return done;
    }

    private void handOver(PacketHandler handler, int at, int status) {
        long timestampNs = (ring.getInt(at + 16) & 0xffffffffL) * 1_000_000_000L + ring.getInt(at + 20);
        int offset = at + (ring.getShort(at + 14) & 0xffff);
        PacketRing.handOver(handler, status, packets, offset, ring.getInt(at + 8), ring.getInt(at + 4), timestampNs);
    }
}
