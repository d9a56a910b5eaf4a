// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.FlowKey;

/**
 * A hash table of {@link FlowEntry}: open addressing, linear probing, deletion by shifting back, at most half full. Nothing is
 * allocated but the arrays when it grows. Owned by the shard thread.
 */
final class FlowTable<E extends FlowEntry> {
    private FlowEntry[] entries;
    private int[] hashes;
    private int size;
    private int anyAt;

    FlowTable(int capacity) {
        int length = Integer.highestOneBit(Math.max(16, capacity) * 2 - 1);
        entries = new FlowEntry[length];
        hashes = new int[length];
    }

    int size() {
        return size;
    }

    /** The entry of this key and tag, or null. */
    @SuppressWarnings("unchecked") // only put() fills the array
    E find(FlowKey key, int tag) {
        int hash = hash(key, tag);
        int mask = entries.length - 1;
        for (int at = hash & mask; ; at = at + 1 & mask) {
            FlowEntry entry = entries[at];
            if (entry == null) {
                return null;
            }
            if (hashes[at] == hash && entry.tag == tag && entry.key.equals(key)) {
                return (E) entry;
            }
        }
    }

    /** Adds an entry whose key and tag are not in the table. */
    void put(E entry) {
        if (2 * (size + 1) > entries.length) {
            grow();
        }
        insert(entry, hash(entry.key, entry.tag));
        size++;
    }

    /** Removes this very entry; nothing happens when it is not there. */
    void remove(E entry) {
        int mask = entries.length - 1;
        int at = hash(entry.key, entry.tag) & mask;
        while (entries[at] != entry) {
            if (entries[at] == null) {
                return;
            }
            at = at + 1 & mask;
        }
        size--;
        shiftBack(at, mask);
    }

    /** Some entry, or null when the table is empty; looks on from where it found the last. */
    @SuppressWarnings("unchecked") // only put() fills the array
    E any() {
        for (int looked = 0; size > 0 && looked <= entries.length; looked++) {
            anyAt = anyAt & entries.length - 1;
            if (entries[anyAt] != null) {
                return (E) entries[anyAt];
            }
            anyAt++;
        }
        return null;
    }

    private void shiftBack(int from, int mask) {
        int hole = from;
        for (int at = hole + 1 & mask; entries[at] != null; at = at + 1 & mask) {
            int home = hashes[at] & mask;
            if ((at - home & mask) >= (at - hole & mask)) {
                entries[hole] = entries[at];
                hashes[hole] = hashes[at];
                hole = at;
            }
        }
        entries[hole] = null;
    }

    private void insert(FlowEntry entry, int hash) {
        int mask = entries.length - 1;
        int at = hash & mask;
        while (entries[at] != null) {
            at = at + 1 & mask;
        }
        entries[at] = entry;
        hashes[at] = hash;
    }

    private void grow() {
        FlowEntry[] oldEntries = entries;
        int[] oldHashes = hashes;
        entries = new FlowEntry[oldEntries.length * 2];
        hashes = new int[entries.length];
        for (int i = 0; i < oldEntries.length; i++) {
            if (oldEntries[i] != null) {
                insert(oldEntries[i], oldHashes[i]);
            }
        }
    }

    private static int hash(FlowKey key, int tag) {
        long h = key.stableHash();
        return (int) (h >>> 32 ^ h) + tag * 0x9e3779b9;
    }
}
