// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Memory of captured segments: direct chunks of 64 KiB, each cut into slots of one size, nodes and slots bound together for as
 * long as the chunk keeps its cut. An empty chunk may be cut anew for another size, so no size starves another. Chunks are
 * never given back to the system. Owned by the shard thread; a steady state allocates nothing.
 */
final class SegmentPool {
    /** The longest payload that fits one slot. */
    static final int CHUNK_BYTES = 65_536;
    /** Heap bytes of a node, counted against the limit: 12 of header, 13 ints, 3 references, 2 longs. */
    static final int NODE_BYTES = 96;

    private static final int[] SLOT_BYTES = {128, 256, 512, 1024, 1560, 2184, 4096, 8192, 16_384, 32_768, CHUNK_BYTES};
    private static final byte[] CLASS_OF = new byte[CHUNK_BYTES / 8 + 1];

    static {
        for (int eighths = 0, c = 0; eighths < CLASS_OF.length; eighths++) {
            while (SLOT_BYTES[c] < eighths * 8) {
                c++;
            }
            CLASS_OF[eighths] = (byte) c;
        }
    }

    /** A chunk of memory and its nodes. */
    static final class Chunk {
        final ByteBuffer bytes = ByteBuffer.allocateDirect(CHUNK_BYTES);
        private int sizeClass = -1;
        private int slots;
        private int freeSlots;
        private Segment free;
        private Chunk prevPartial;
        private Chunk nextPartial;
        private boolean isPartial;
    }

    private final long limitBytes;
    private final Chunk[] partial = new Chunk[SLOT_BYTES.length];
    private final ArrayDeque<Chunk> empty = new ArrayDeque<>();
    private Segment freeControl;
    private long takenBytes;
    private long payloadBytes;

    /** @param limitBytes payload bytes at most, and about as much memory */
    SegmentPool(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** A node with room for {@code length} bytes, 1..65536, or null when the limit is reached. */
    Segment allocate(int length) {
        if (payloadBytes + length > limitBytes) {
            return null;
        }
        int sizeClass = CLASS_OF[(length + 7) / 8];
        Chunk chunk = partial[sizeClass];
        if (chunk == null) {
            chunk = freshChunk(sizeClass);
            if (chunk == null) {
                return null;
            }
        }
        Segment segment = chunk.free;
        chunk.free = segment.next;
        if (--chunk.freeSlots == 0) {
            unlinkPartial(chunk);
        }
        payloadBytes += length;
        segment.length = length;
        segment.dataOffset = segment.slot;
        reset(segment);
        return segment;
    }

    /** A node without payload; there is always one. */
    Segment allocateControl() {
        Segment segment = freeControl;
        if (segment == null) {
            segment = new Segment(null, 0);
        } else {
            freeControl = segment.next;
        }
        segment.length = 0;
        segment.dataOffset = 0;
        reset(segment);
        return segment;
    }

    private static void reset(Segment segment) {
        segment.next = null;
        segment.prev = null;
        segment.flags = 0;
        segment.answer = 0;
        segment.urgentPointer = 0;
    }

    /** The node and its slot are free again. Its length must be what {@link #trimmed} was told. */
    void free(Segment segment) {
        Chunk chunk = segment.chunk;
        segment.prev = null;
        if (chunk == null) {
            segment.next = freeControl;
            freeControl = segment;
            return;
        }
        payloadBytes -= segment.length;
        segment.next = chunk.free;
        chunk.free = segment;
        chunk.freeSlots++;
        if (!chunk.isPartial) {
            linkPartial(chunk);
        }
        if (chunk.freeSlots == chunk.slots && (chunk.nextPartial != null || chunk.prevPartial != null)) {
            unlinkPartial(chunk);
            empty.push(chunk);
        }
    }

    /** A node in use has given up this many bytes. */
    void trimmed(int bytes) {
        payloadBytes -= bytes;
    }

    /** True when an eighth of the pool or less is left: new sessions are refused. */
    boolean isNearlyFull() {
        long most = limitBytes - limitBytes / 8;
        return payloadBytes >= most || takenBytes >= most && empty.isEmpty() && payloadBytes >= limitBytes / 4;
    }

    /** Bytes taken from the system. */
    long takenBytes() {
        return takenBytes;
    }

    /** Payload bytes of the nodes in use. */
    long payloadBytes() {
        return payloadBytes;
    }

    private Chunk freshChunk(int sizeClass) {
        Chunk chunk = empty.poll();
        if (chunk == null) {
            chunk = reclaim();
        }
        if (chunk == null) {
            chunk = newChunk();
        }
        if (chunk == null) {
            return null;
        }
        if (chunk.sizeClass != sizeClass) {
            cut(chunk, sizeClass);
        }
        linkPartial(chunk);
        return chunk;
    }

    private Chunk newChunk() {
        // One chunk a size beyond the limit, so that a small limit still serves every size.
        if (takenBytes + CHUNK_BYTES > limitBytes + (long) SLOT_BYTES.length * CHUNK_BYTES) {
            return null;
        }
        try {
            Chunk chunk = new Chunk();
            takenBytes += CHUNK_BYTES;
            return chunk;
        } catch (OutOfMemoryError e) {
            return null; // -XX:MaxDirectMemorySize is the harder limit
        }
    }

    /** A wholly free chunk that is the last of its size, when the system gives no more. */
    private Chunk reclaim() {
        if (takenBytes + CHUNK_BYTES <= limitBytes) {
            return null;
        }
        for (Chunk chunk : partial) {
            if (chunk != null && chunk.freeSlots == chunk.slots) {
                unlinkPartial(chunk);
                return chunk;
            }
        }
        return null;
    }

    private void cut(Chunk chunk, int sizeClass) {
        takenBytes -= (long) chunk.slots * NODE_BYTES;
        int bytes = SLOT_BYTES[sizeClass];
        chunk.sizeClass = sizeClass;
        chunk.slots = CHUNK_BYTES / bytes;
        chunk.freeSlots = chunk.slots;
        chunk.free = null;
        for (int i = chunk.slots - 1; i >= 0; i--) {
            Segment segment = new Segment(chunk, i * bytes);
            segment.next = chunk.free;
            chunk.free = segment;
        }
        takenBytes += (long) chunk.slots * NODE_BYTES;
    }

    private void linkPartial(Chunk chunk) {
        Chunk head = partial[chunk.sizeClass];
        chunk.nextPartial = head;
        chunk.prevPartial = null;
        if (head != null) {
            head.prevPartial = chunk;
        }
        partial[chunk.sizeClass] = chunk;
        chunk.isPartial = true;
    }

    private void unlinkPartial(Chunk chunk) {
        if (chunk.prevPartial == null) {
            partial[chunk.sizeClass] = chunk.nextPartial;
        } else {
            chunk.prevPartial.nextPartial = chunk.nextPartial;
        }
        if (chunk.nextPartial != null) {
            chunk.nextPartial.prevPartial = chunk.prevPartial;
        }
        chunk.prevPartial = null;
        chunk.nextPartial = null;
        chunk.isPartial = false;
    }
}
