// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Distribution;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;

/**
 * The only writer of the books. A captured segment is at hand from {@link #captured} until it is dropped or held; a held one
 * is delivered or dropped later. Owned by the shard thread.
 */
final class Books {
    private final Ledger ledger;
    private final SegmentPool pool;
    private boolean isAtHand;
    private int bytesAtHand;

    Books(Ledger ledger, SegmentPool pool) {
        this.ledger = ledger;
        this.pool = pool;
    }

    void count(CopierCounter counter) {
        ledger.count(counter);
    }

    void add(CopierCounter counter, long amount) {
        ledger.add(counter, amount);
    }

    void move(Ledger.Gauge gauge, long by) {
        ledger.move(gauge, by);
    }

    void record(Distribution.Kind kind, long value) {
        ledger.record(kind, value);
    }

    /** The target says something; to the request under way, if there is one, it is the first byte of an answer. */
    void answered(Replica replica, long nowNs) {
        if (replica.requestSentNs != TimerHeap.NEVER) {
            record(Distribution.Kind.FIRST_BYTE, nowNs - replica.requestSentNs);
            replica.requestSentNs = TimerHeap.NEVER;
        }
    }

    /** A segment of {@code bytes} payload bytes is at hand. */
    void captured(int bytes) {
        ledger.count(CopierCounter.SEGMENTS_CAPTURED);
        ledger.add(CopierCounter.BYTES_CAPTURED, bytes);
        isAtHand = true;
        bytesAtHand = bytes;
    }

    /** The segment at hand is dropped, with what is left of its bytes. */
    void drop(DropReason reason) {
        ledger.drop(reason, isAtHand ? 1 : 0, bytesAtHand);
        isAtHand = false;
        bytesAtHand = 0;
    }

    /** Some bytes of the segment at hand were captured before; the rest is kept. */
    void trim(int bytes) {
        ledger.drop(DropReason.DUPLICATE, 0, bytes);
        bytesAtHand -= bytes;
    }

    /** The segment at hand, or a part of it, is held in {@code segment}. */
    void hold(Session session, Segment segment) {
        if (segment.is(Segment.BOOKED)) {
            ledger.move(Ledger.Gauge.SEGMENTS_HELD, 1);
            isAtHand = false;
        }
        bytesAtHand -= segment.length;
        session.heldBytes += segment.length;
        ledger.move(Ledger.Gauge.BYTES_HELD, segment.length);
    }

    /** A held segment gave up bytes that another one has, too. */
    void trimHeld(Session session, int bytes) {
        ledger.drop(DropReason.DUPLICATE, 0, bytes);
        pool.trimmed(bytes);
        session.heldBytes -= bytes;
        ledger.move(Ledger.Gauge.BYTES_HELD, -bytes);
    }

    /** The target has all of a held segment; the node is freed. */
    void deliver(Session session, Segment segment) {
        ledger.add(CopierCounter.SEGMENTS_DELIVERED, segment.booked());
        ledger.add(CopierCounter.BYTES_DELIVERED, segment.length);
        release(session, segment);
    }

    /** Bytes that no client sent take their place in a session's queue. A segment that stands for a captured one is not counted again. */
    void insert(Session session, Segment segment) {
        ledger.add(CopierCounter.BYTES_INSERTED, segment.length);
        ledger.move(Ledger.Gauge.SEGMENTS_HELD, segment.booked());
        ledger.move(Ledger.Gauge.BYTES_HELD, segment.length);
        session.heldBytes += segment.length;
    }

    /** Others stand in the queue for a held segment; the node is freed. */
    void dropReplaced(Session session, Segment segment) {
        ledger.add(CopierCounter.BYTES_REPLACED, segment.length);
        release(session, segment);
    }

    /** A held segment is dropped; the node is freed. */
    void dropHeld(Session session, Segment segment, DropReason reason) {
        ledger.drop(reason, segment.booked(), segment.length);
        release(session, segment);
    }

    private void release(Session session, Segment segment) {
        ledger.move(Ledger.Gauge.SEGMENTS_HELD, -segment.booked());
        ledger.move(Ledger.Gauge.BYTES_HELD, -segment.length);
        session.heldBytes -= segment.length;
        pool.free(segment);
    }

    /** True while a captured segment has not found its place. */
    boolean isAtHand() {
        return isAtHand;
    }
}
