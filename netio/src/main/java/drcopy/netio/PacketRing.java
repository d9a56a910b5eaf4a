// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.nio.ByteBuffer;

/**
 * The memory that an AF_PACKET socket shares with us, read without a system call. The kernel gives a frame or block to us by
 * its status word and gets it back by the same. Owned by the thread that polls.
 */
interface PacketRing {
    /** First bit of every status word: it is ours (TP_STATUS_USER). */
    int OURS = 1;

    /**
     * TP_STATUS_CSUMNOTREADY, TP_STATUS_CSUM_VALID (linux/if_packet.h): the sums are still to be filled in, as the sender is on this
     * host or receive offload joined segments whose sums were right; or somebody has verified them, device or receive offload.
     */
    int CHECKSUM_FINE = 1 << 3 | 1 << 7;

    /** Bytes of the whole ring. */
    long length();

    /** Tells the socket its version of the format and the geometry, before it is mapped and bound. */
    void configure(int fd);

    /** Takes the memory that the kernel mapped. */
    void map(NativeMemory memory);

    /** Hands over at most {@code limit} packets and returns how many. */
    int poll(PacketHandler handler, int limit);

    /** Hands over a packet of this status. */
    static void handOver(
            PacketHandler handler,
            int status,
            ByteBuffer packets,
            int offset,
            int capturedLength,
            int wireLength,
            long timestampNs) {
        if ((status & CHECKSUM_FINE) != 0) {
            handler.onPacket(packets, offset, capturedLength, wireLength, timestampNs);
        } else {
            handler.onUnverified(packets, offset, capturedLength, wireLength, timestampNs);
        }
    }
}
