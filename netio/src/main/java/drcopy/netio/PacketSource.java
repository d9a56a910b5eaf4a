// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/** Where packets come from: a capture ring, an NFQUEUE, a capture file. Owned by one thread. */
public interface PacketSource extends AutoCloseable {
    /**
     * Hands over the packets that are there, without waiting.
     *
     * @param limit how many at most; work per call is bounded by it
     * @return how many were handed over; fewer than {@code limit} when no more are there, or {@link #fileDescriptor} is readable
     */
    int poll(PacketHandler handler, int limit);

    /** File descriptor that polls readable when packets may be there, or -1 when {@link #poll} always has them. */
    int fileDescriptor();

    /** Packets that the kernel saw for this source but dropped for want of room, since it was opened. */
    long kernelDrops();

    @Override
    void close();
}
