// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/** Something with a deadline; belongs to at most one {@link TimerHeap}. */
abstract class TimerEntry {
    /** When it is due; meaningful while it is in the heap. */
    long dueNs;
    /** Index in the heap, or -1. */
    int heapIndex = -1;
}
