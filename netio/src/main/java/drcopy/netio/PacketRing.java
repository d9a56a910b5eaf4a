// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/**
 * The memory that an AF_PACKET socket shares with us, read without a system call. The kernel gives a frame or block to us by
 * its status word and gets it back by the same. Owned by the thread that polls.
 */
interface PacketRing {
    /** First bit of every status word: it is ours (TP_STATUS_USER). */
    int OURS = 1;

    /** Bytes of the whole ring. */
    long length();

    /** Tells the socket its version of the format and the geometry, before it is mapped and bound. */
    void configure(int fd);

    /** Takes the memory that the kernel mapped. */
    void map(NativeMemory memory);

    /** Hands over at most {@code limit} packets and returns how many. */
    int poll(PacketHandler handler, int limit);
}
