// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.util.Arrays;

/**
 * The deadlines of a shard: a 4-ary heap of intrusive entries, exact to the nanosecond. Each entry has one place, and a
 * deadline that moves back is left where it is: when it comes up too early its owner puts it off. So an acknowledgment that
 * restarts a retransmission timer costs a comparison, and the heap is touched about once per RTO and replica. Owned by the
 * shard thread; a steady state allocates nothing.
 */
final class TimerHeap {
    static final long NEVER = Long.MAX_VALUE;

    private TimerEntry[] entries = new TimerEntry[1024];
    private int size;

    /** Makes sure that the entry comes up at {@code dueNs} or earlier. */
    void schedule(TimerEntry entry, long dueNs) {
        if (dueNs == NEVER) {
            return;
        }
        if (entry.heapIndex >= 0) {
            if (dueNs < entry.dueNs) {
                entry.dueNs = dueNs;
                siftUp(entry.heapIndex, entry);
            }
            return;
        }
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size * 2);
        }
        entry.dueNs = dueNs;
        siftUp(size++, entry);
    }

    void cancel(TimerEntry entry) {
        int at = entry.heapIndex;
        if (at < 0) {
            return;
        }
        entry.heapIndex = -1;
        TimerEntry last = entries[--size];
        entries[size] = null;
        if (at < size) {
            siftDown(at, last);
            if (last.heapIndex == at) {
                siftUp(at, last);
            }
        }
    }

    /** Takes out the earliest entry if it is due, else null. */
    TimerEntry pollDue(long nowNs) {
        if (size == 0 || entries[0].dueNs > nowNs) {
            return null;
        }
        TimerEntry first = entries[0];
        cancel(first);
        return first;
    }

    /** Deadline of the earliest entry, or {@link #NEVER}. */
    long nextDeadlineNs() {
        return size == 0 ? NEVER : entries[0].dueNs;
    }

    int size() {
        return size;
    }

    private void siftUp(int from, TimerEntry entry) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >> 2;
            TimerEntry above = entries[parent];
            if (above.dueNs <= entry.dueNs) {
                break;
            }
            place(at, above);
            at = parent;
        }
        place(at, entry);
    }

    private void siftDown(int from, TimerEntry entry) {
        int at = from;
        while (true) {
            int least = -1;
            long leastNs = entry.dueNs;
            int end = Math.min(4 * at + 5, size);
            for (int child = 4 * at + 1; child < end; child++) {
                if (entries[child].dueNs < leastNs) {
                    least = child;
                    leastNs = entries[child].dueNs;
                }
            }
            if (least < 0) {
                break;
            }
            place(at, entries[least]);
            at = least;
        }
        place(at, entry);
    }

    private void place(int at, TimerEntry entry) {
        entries[at] = entry;
        entry.heapIndex = at;
    }
}
