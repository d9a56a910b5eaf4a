// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.nio.ByteBuffer;

/**
 * A ring whose packets begin with what follows the type of a VLAN tag: two bytes of tag, two of the next type, for each tag. It
 * hands them over from the IP header behind these. Owned by the thread that polls.
 */
final class TaggedRing implements PacketRing, PacketHandler {
    /** Bytes before the IP header, for each tag. */
    static final int TAG_BYTES = 4;

    private final PacketRing ring;
    private final int bytes;
    private PacketHandler handler;

    /** @param ring with room for {@link #TAG_BYTES} more of each packet, for each tag */
    TaggedRing(PacketRing ring, int tags) {
        this.ring = ring;
        bytes = tags * TAG_BYTES;
    }

    @Override
    public long length() {
        return ring.length();
    }

    @Override
    public void configure(int fd) {
        ring.configure(fd);
    }

    @Override
    public void map(NativeMemory memory) {
        ring.map(memory);
    }

    @Override
    public int poll(PacketHandler to, int limit) {
        handler = to;
        return ring.poll(this, limit);
    }

    @Override
    public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        handler.onPacket(buffer, offset + bytes, capturedLength - bytes, wireLength - bytes, timestampNs);
    }

    @Override
    public void onUnverified(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        handler.onUnverified(buffer, offset + bytes, capturedLength - bytes, wireLength - bytes, timestampNs);
    }
}
