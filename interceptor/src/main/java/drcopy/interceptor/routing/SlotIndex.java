// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * An open-addressing index from a hash to entries of a table kept elsewhere: linear probing, half full at most, removal by
 * shifting back, so that look-ups never pass graves. Doubles when needed. One thread.
 *
 * <pre>
 * for (int i = index.first(hash), e; (e = index.entry(i)) >= 0; i = index.next(i)) { if (matches(e)) ... }
 * </pre>
 */
final class SlotIndex {
    private static final int FREE = -1;

    private final IntUnaryOperator hashOf;
    private int[] slots;
    private int mask;
    private int size;

    /** @param hashOf the hash of an entry, the same as long as the entry is in the index */
    SlotIndex(int initialEntries, IntUnaryOperator hashOf) {
        this.hashOf = hashOf;
        allocate(Integer.highestOneBit(Math.max(initialEntries, 8) * 2 - 1) * 2);
    }

    private void allocate(int capacity) {
        slots = new int[capacity];
        Arrays.fill(slots, FREE);
        mask = capacity - 1;
    }

    int first(int hash) {
        return hash & mask;
    }

    int next(int slot) {
        return slot + 1 & mask;
    }

    /** The entry at this slot, or -1 where the probe ends. */
    int entry(int slot) {
        return slots[slot];
    }

    /** Puts another entry of the same hash in an entry's place. */
    void replace(int slot, int entry) {
        slots[slot] = entry;
    }

    /** Adds an entry that is not there. */
    void add(int entry) {
        if ((size + 1) * 2 > slots.length) {
            grow();
        }
        insert(entry);
        size++;
    }

    /** Removes an entry that is there. */
    void remove(int entry) {
        int i = first(hashOf.applyAsInt(entry));
        while (slots[i] != entry) {
            i = next(i);
        }
        removeAt(i);
    }

    /** Closes the gap at this slot: every entry behind it moves back unless that passes its own first slot. */
    void removeAt(int slot) {
        int gap = slot;
        for (int i = next(gap); slots[i] != FREE; i = next(i)) {
            int home = first(hashOf.applyAsInt(slots[i]));
            if ((i - home & mask) >= (i - gap & mask)) {
                slots[gap] = slots[i];
                gap = i;
            }
        }
        slots[gap] = FREE;
        size--;
    }

    private void insert(int entry) {
        int i = first(hashOf.applyAsInt(entry));
        while (slots[i] != FREE) {
            i = next(i);
        }
        slots[i] = entry;
    }

    private void grow() {
        int[] old = slots;
        allocate(old.length * 2);
        for (int entry : old) {
            if (entry != FREE) {
                insert(entry);
            }
        }
    }
}
