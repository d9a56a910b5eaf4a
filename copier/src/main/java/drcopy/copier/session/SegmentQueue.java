// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.Seq;

/** A list of segments in sequence order, linked through the segments themselves. Owned by the shard thread. */
final class SegmentQueue {
    private Segment head;
    private Segment tail;

    Segment head() {
        return head;
    }

    Segment tail() {
        return tail;
    }

    boolean isEmpty() {
        return head == null;
    }

    void append(Segment segment) {
        insertAfter(tail, segment);
    }

    /** Puts {@code segment} behind {@code before}, or first when that is null. */
    void insertAfter(Segment before, Segment segment) {
        Segment after = before == null ? head : before.next;
        segment.prev = before;
        segment.next = after;
        if (before == null) {
            head = segment;
        } else {
            before.next = segment;
        }
        if (after == null) {
            tail = segment;
        } else {
            after.prev = segment;
        }
    }

    void remove(Segment segment) {
        if (segment.prev == null) {
            head = segment.next;
        } else {
            segment.prev.next = segment.next;
        }
        if (segment.next == null) {
            tail = segment.prev;
        } else {
            segment.next.prev = segment.prev;
        }
        segment.prev = null;
        segment.next = null;
    }

    /** The last segment that does not begin after {@code seq}, looked for from the end, or null. */
    Segment lastNotAfter(int seq) {
        Segment at = tail;
        while (at != null && Seq.greaterThan(at.seq, seq)) {
            at = at.prev;
        }
        return at;
    }
}
