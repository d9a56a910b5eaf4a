// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.nio.ByteBuffer;

/** Takes one captured packet. Called on the thread that polls the source. */
@FunctionalInterface
public interface PacketHandler {
    /**
     * One packet, from its IP header, whose checksums need no look: the device has verified them, or nobody has filled them in. The bytes are valid during the call only and must not be changed.
     *
     * @param buffer big-endian; position and limit mean nothing
     * @param offset index of the IP header's first byte
     * @param capturedLength bytes present from {@code offset}
     * @param wireLength bytes the packet had; more than {@code capturedLength} when the capture cut it
     * @param timestampNs when the kernel or the file says the packet was seen, nanoseconds since 1970
     */
    void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs);

    /** As {@link #onPacket}, of a packet whose checksums nobody has verified: it may be damaged. */
    default void onUnverified(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        onPacket(buffer, offset, capturedLength, wireLength, timestampNs);
    }
}
