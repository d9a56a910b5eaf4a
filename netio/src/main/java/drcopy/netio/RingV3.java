// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * TPACKET_V3 (linux/if_packet.h): the kernel fills blocks with packets of any length and hands a block over when it is full or
 * some milliseconds old.
 *
 * <pre>
 * block  +8 status  +12 packets  +16 offset of the first packet
 * packet +0 offset of the next  +4 sec  +8 nsec  +12 captured  +16 wire length  +20 status
 *        +24 offset of the first byte (u16)  +26 offset of the IP header (u16)
 * </pre>
 *
 * A SOCK_DGRAM socket's packets begin with their IP header. Those of a SOCK_RAW socket begin with the link's, and a virtio_net_hdr
 * (linux/virtio_net.h) lies before it: +1 kind of run  +4 size of each packet of it (u16), 10 bytes.
 */
final class RingV3 implements PacketRing {
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_VERSION = 10;
    private static final int TPACKET_V3 = 2;
    private static final int FRAME_SIZE = 2048;
    /** Longest time a packet waits in a block that is not full. */
    private static final int MAX_RETIRE_MS = 16;

    /** How long the reader may pause at a low rate, about: a busy host gives its thread no time for longer than one thinks. */
    private static final int PAUSE_MS = 4_096;
    /** Holds any packet of 64 KiB, two of those that receive offload makes of segments of 1,448 bytes. */
    private static final int BLOCK = 128 * 1024;
    /** For longer packets, of BIG TCP. */
    private static final int HUGE_BLOCK = 512 * 1024;
    /** What a block and a packet have beside its bytes, at most. */
    private static final int HEADERS = 512;

    /** Bytes of a virtio_net_hdr. */
    private static final int VNET_HEADER = 10;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final int blockSize;
    private final int blocks;
    private final int retireMs;
    /** Told what each packet is; null for a SOCK_DGRAM socket. */
    private final DatagramRuns runs;

    private ByteBuffer ring;
    private ByteBuffer packets;
    private int block;
    /** Packets of the current block that are not handed over yet; 0: the block is the kernel's. */
    private int left;
    /** Index of the next packet's header. */
    private int next;

    /**
     * A ring of {@code bufferMiB} for packets of at most {@code snaplen} bytes. Even at a low rate the kernel uses up a block each
     * time it hands one over, so the number of blocks and the time between them bound how long the reader may pause.
     */
    RingV3(int bufferMiB, int snaplen, DatagramRuns runs) {
        this.runs = runs;
        blockSize = snaplen > BLOCK - HEADERS ? HUGE_BLOCK : BLOCK;
        blocks = Math.max(2, (int) ((long) bufferMiB * 1024 * 1024 / blockSize));
        retireMs = Math.max(1, Math.min(MAX_RETIRE_MS, PAUSE_MS / blocks));
    }

    @Override
    public long length() {
        return (long) blocks * blockSize;
    }

    @Override
    public void configure(int fd) {
        Sockets.option(fd, Libc.SOL_PACKET, PACKET_VERSION, "PACKET_VERSION", TPACKET_V3);
        int frames = (int) (length() / FRAME_SIZE);
        Sockets.option(
                fd,
                Libc.SOL_PACKET,
                PACKET_RX_RING,
                "PACKET_RX_RING",
                blockSize,
                blocks,
                FRAME_SIZE,
                frames,
                retireMs,
                0,
                0);
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
            if (left == 0 && !openBlock()) {
                break;
            }
            int at = next;
            next = at + ring.getInt(at);
            left--;
            done++;
            try {
                handOver(handler, at);
            } finally {
                closeBlockWhenEmpty();
            }
        }
        return done;
    }

    private boolean openBlock() {
        int base = block * blockSize;
        if (((int) INT.getAcquire(ring, base + 8) & OURS) == 0) {
            return false;
        }
        left = ring.getInt(base + 12);
        next = base + ring.getInt(base + 16);
        closeBlockWhenEmpty();
        return left > 0;
    }

    private void closeBlockWhenEmpty() {
        if (left == 0) {
            INT.setRelease(ring, block * blockSize + 8, 0);
            block = block + 1 == blocks ? 0 : block + 1;
        }
    }

    private void handOver(PacketHandler handler, int at) {
        int offset = at + (ring.getShort(at + 26) & 0xffff);
        handOver(handler, at, offset, runs == null ? 0 : announce(at, offset));
    }

    /** Tells {@link #runs} what the packet is. Returns the bytes of the link's header before it. */
    private int announce(int at, int offset) {
        int first = at + (ring.getShort(at + 24) & 0xffff);
        int header = first - VNET_HEADER;
        runs.announce(ring.get(header + 1) & 0xff, ring.getShort(header + 4) & 0xffff);
        return offset - first;
    }

    private void handOver(PacketHandler handler, int at, int offset, int link) {
        long timestampNs = (ring.getInt(at + 4) & 0xffffffffL) * 1_000_000_000L + ring.getInt(at + 8);
        PacketRing.handOver(
                handler,
                ring.getInt(at + 20),
                packets,
                offset,
                ring.getInt(at + 12) - link,
                ring.getInt(at + 16) - link,
                timestampNs);
    }
}
