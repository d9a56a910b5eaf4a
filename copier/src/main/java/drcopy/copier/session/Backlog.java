// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.DropReason;
import drcopy.wire.TcpFlags;

/** Takes from what sessions hold, and ends it. Owned by the shard thread. */
final class Backlog {
    private final Books books;
    private final SegmentPool pool;

    Backlog(Books books, SegmentPool pool) {
        this.books = books;
        this.pool = pool;
    }

    /** Drops from the queue until a request that has not been sent: what is left begins with one, or is empty. */
    void dropBroken(Session session, DropReason reason) {
        for (Segment head = session.queue.head(); head != null; head = session.queue.head()) {
            if (head.is(Segment.JOINABLE) && !head.is(Segment.RELEASED)) {
                return;
            }
            session.unlink(head);
            books.dropHeld(session, head, reason);
        }
    }

    /** Drops the whole queue. */
    void dropAll(Session session, DropReason reason) {
        for (Segment head = session.queue.head(); head != null; head = session.queue.head()) {
            session.unlink(head);
            books.dropHeld(session, head, reason);
        }
    }

    /** Drops what lies beyond a hole. */
    void dropBeyond(Session session, DropReason reason) {
        for (Segment head = session.beyond.head(); head != null; head = session.beyond.head()) {
            session.beyond.remove(head);
            books.dropHeld(session, head, reason);
        }
        session.gapAtNs = TimerHeap.NEVER;
    }

    /** Drops the end of the queue, from {@code first} on. */
    void dropFrom(Session session, Segment first, DropReason reason) {
        Replica replica = session.replica;
        while (true) {
            Segment tail = session.queue.tail();
            if (tail == replica.cursor) {
                replica.cursor = null;
            }
            session.unlink(tail);
            books.dropHeld(session, tail, reason);
            if (tail == first) {
                return;
            }
        }
    }

    /** The connection ends behind what is queued, with a RST that no client sent. */
    void appendEnd(Session session, int answer) {
        Segment end = pool.allocateControl();
        end.seq = session.clientNxt;
        end.flags = TcpFlags.RST;
        end.answer = answer;
        session.queue.append(end);
        if (session.replica.cursor == null) {
            session.replica.cursor = end;
        }
    }
}
