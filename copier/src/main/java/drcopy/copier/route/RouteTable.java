// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The live routes by id: records as they go on the wire, in chunks, found by open addressing with linear probing. Slots are
 * numbered, so that a snapshot can be made in steps while routes come and go. Owned by the shard thread.
 */
final class RouteTable {
    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_SLOTS = 1 << CHUNK_SHIFT;

    private ByteBuffer[] chunks = new ByteBuffer[0];
    private boolean[] used = new boolean[0];
    private int[] free = new int[0];
    private int freeCount;
    /** Slot + 1 by hash; 0 is empty. At most half full. */
    private int[] index = new int[1024];

    private int size;

    int size() {
        return size;
    }

    /** Slots are 0 to this, exclusive; not all are used. */
    int slots() {
        return used.length;
    }

    boolean isUsed(int slot) {
        return used[slot];
    }

    /** Copies the record of a used slot. */
    void copy(int slot, byte[] to, int at) {
        chunk(slot).get(offset(slot), to, at, RouteRecord.LENGTH);
    }

    long routeId(int slot) {
        return RouteRecord.routeId(chunk(slot), offset(slot));
    }

    private ByteBuffer chunk(int slot) {
        return chunks[slot >>> CHUNK_SHIFT];
    }

    private static int offset(int slot) {
        return (slot & CHUNK_SLOTS - 1) * RouteRecord.LENGTH;
    }

    /** Keeps a copy of the record; one of the same id is replaced. */
    void put(ByteBuffer records, int at) {
        long routeId = RouteRecord.routeId(records, at);
        int i = find(routeId);
        if (index[i] == 0) {
            if (2 * (size + 1) > index.length) {
                rehash();
                i = find(routeId);
            }
            index[i] = takeSlot() + 1;
            size++;
        }
        int slot = index[i] - 1;
        chunk(slot).put(offset(slot), records, at, RouteRecord.LENGTH);
    }

    private int takeSlot() {
        if (freeCount == 0) {
            grow();
        }
        int slot = free[--freeCount];
        used[slot] = true;
        return slot;
    }

    private void grow() {
        int from = used.length;
        chunks = Arrays.copyOf(chunks, chunks.length + 1);
        chunks[chunks.length - 1] = ByteBuffer.allocate(CHUNK_SLOTS * RouteRecord.LENGTH);
        used = Arrays.copyOf(used, from + CHUNK_SLOTS);
        free = Arrays.copyOf(free, from + CHUNK_SLOTS);
        for (int slot = from + CHUNK_SLOTS - 1; slot >= from; slot--) {
            free[freeCount++] = slot;
        }
    }

    /** Forgets a route; false when it is not there. */
    boolean remove(long routeId) {
        int i = find(routeId);
        if (index[i] == 0) {
            return false;
        }
        int slot = index[i] - 1;
        used[slot] = false;
        free[freeCount++] = slot;
        size--;
        close(i);
        return true;
    }

    /** Closes the gap at {@code hole}: entries behind it that would not be found any more move up (Knuth 6.4, algorithm R). */
    private void close(int hole) {
        int mask = index.length - 1;
        int to = hole;
        for (int i = hole + 1 & mask; index[i] != 0; i = i + 1 & mask) {
            int home = home(routeId(index[i] - 1));
            if ((i - home & mask) >= (i - to & mask)) {
                index[to] = index[i];
                to = i;
            }
        }
        index[to] = 0;
    }

    /** Where the route is, or the empty place where it would go. */
    private int find(long routeId) {
        int mask = index.length - 1;
        int i = home(routeId);
        while (index[i] != 0 && routeId(index[i] - 1) != routeId) {
            i = i + 1 & mask;
        }
        return i;
    }

    private int home(long routeId) {
        long h = (routeId ^ routeId >>> 32) * 0x9e3779b97f4a7c15L;
        return (int) (h >>> 32) & index.length - 1;
    }

    private void rehash() {
        int[] old = index;
        index = new int[old.length * 2];
        for (int entry : old) {
            if (entry != 0) {
                index[find(routeId(entry - 1))] = entry;
            }
        }
    }
}
