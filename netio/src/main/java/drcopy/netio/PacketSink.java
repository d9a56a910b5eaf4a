// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.nio.ByteBuffer;

/**
 * Where packets go: a raw socket or a capture file, in batches. A packet that the kernel does not take is counted by its
 * errno and gone: to TCP it is a packet lost on the way. Owned by one thread.
 */
public interface PacketSink extends AutoCloseable {
    /**
     * Room for the next packet, from its IP header: a big-endian buffer to be written from index 0, by absolute puts. Valid
     * until {@link #commit}; claiming again without a commit gives the same room. Sends the batch when it is full.
     */
    ByteBuffer claim();

    /** Adds the claimed packet, {@code length} bytes with a complete TCP checksum, to the batch. */
    void commit(int length);

    /** Hands the batch to the kernel, without blocking. */
    void flush();

    @Override
    void close();
}
