// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.DropReason;
import drcopy.wire.IpPacket;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.util.function.Supplier;

/**
 * Does to a session's queue what its {@link ProtocolAdapter} says. A segment gets its place in the target's stream when it is
 * released: behind all that was released or put in before. What is released stays as it is until it is acknowledged, so that
 * what is sent again is the same. Owned by the shard thread.
 */
final class StreamEditor {
    /** Longest wait of one segment for the target's part in the dialogue. */
    static final long WAIT_NS = 10_000_000_000L;

    /** The protocol knows no other end of a piece: PSH as a client's stack would set it. */
    private static final int INSERTED = TcpFlags.PSH | Segment.RELEASED;

    private final Books books;
    private final SegmentPool pool;
    private final Lifecycle lifecycle;
    private final Supplier<ProtocolAdapter> adapters;
    private final AdapterOutput out = new AdapterOutput();

    /** @param adapters makes a session's adapter; null when no protocol is adapted */
    StreamEditor(Books books, SegmentPool pool, Lifecycle lifecycle, Supplier<ProtocolAdapter> adapters) {
        this.books = books;
        this.pool = pool;
        this.lifecycle = lifecycle;
        this.adapters = adapters;
    }

    /** A connection to the target stands; its stream begins. */
    void onConnected(Replica replica) {
        if (adapters == null) {
            return;
        }
        ProtocolAdapter adapter = adapterOf(replica.session);
        replica.releasedNxt = replica.iss + 1;
        replica.heldSinceNs = TimerHeap.NEVER;
        adapter.onConnected();
    }

    private ProtocolAdapter adapterOf(Session session) {
        if (session.adapter == null) {
            session.adapter = adapters.get();
        }
        return session.adapter;
    }

    /** Online has sent payload to the session's client, of which so much is shown. */
    void onOnlinePayload(Session session, IpPacket packet, int shown) {
        if (adapters != null && shown > 0) {
            int ack = TcpHeader.ack(packet.buffer(), packet.tcpOffset());
            adapterOf(session).onOnlineBytes(packet.buffer(), packet.payloadOffset(), shown, ack);
        }
    }

    /** Asks the adapter about a segment that could go; the answer is for {@link #place}. The replica may end in this call. */
    ProtocolAdapter.Verdict judge(Replica replica, Segment segment, long nowNs) {
        ProtocolAdapter adapter = replica.session.adapter;
        if (adapter == null || segment.length == 0) {
            return ProtocolAdapter.Verdict.PASS;
        }
        boolean mayHold = replica.heldSinceNs == TimerHeap.NEVER || nowNs - replica.heldSinceNs < WAIT_NS;
        out.clear();
        ProtocolAdapter.Verdict verdict = adapter.onClientBytes(
                segment.bytes(), segment.dataOffset, segment.length, clientEnd(segment), mayHold, out);
        switch (verdict) {
            case HOLD -> hold(replica, mayHold, nowNs);
            case SKIP -> lifecycle.skip(replica.session, DropReason.NOT_MIRRORED, nowNs);
            case PASS, REPLACE -> replica.heldSinceNs = TimerHeap.NEVER;
        }
        return verdict;
    }

    /** Until a segment is released, its sequence numbers are the client's. */
    private static int clientEnd(Segment segment) {
        return segment.seq + segment.length;
    }

    private void hold(Replica replica, boolean mayHold, long nowNs) {
        if (!mayHold) {
            lifecycle.skip(replica.session, DropReason.NOT_MIRRORED, nowNs);
            return;
        }
        if (replica.heldSinceNs == TimerHeap.NEVER) {
            replica.heldSinceNs = nowNs;
        }
        if (out.length() > 0) {
            insert(replica, nowNs);
        }
        replica.hold.lookAgainAt(replica.heldSinceNs + WAIT_NS);
    }

    /** Gives a released segment its place in the target's stream, with what the adapter made of it. */
    void place(Replica replica, Segment segment, ProtocolAdapter.Verdict verdict, long nowNs) {
        if (replica.session.adapter == null) {
            return;
        }
        segment.seq = replica.releasedNxt;
        boolean isReplaced = verdict == ProtocolAdapter.Verdict.REPLACE && segment.length > 0;
        if (isReplaced && out.length() == segment.length) {
            out.copyTo(segment.bytes(), segment.dataOffset, 0, segment.length);
        } else if (isReplaced) {
            replace(replica, segment, nowNs);
            return;
        }
        replica.releasedNxt = segment.end();
    }

    private void replace(Replica replica, Segment old, long nowNs) {
        Session session = replica.session;
        Segment first = append(replica, old, old, nowNs);
        if (session.replica != replica) {
            return;
        }
        if (replica.cursor == old) {
            replica.cursor = first == null ? old.next : first;
        }
        if (session.lastRequest == old && first != null) {
            session.lastRequest = first;
        }
        session.unlink(old);
        if (first == null && !old.isFin()) {
            books.dropHeld(session, old, DropReason.NOT_MIRRORED);
        } else {
            books.dropReplaced(session, old);
        }
    }

    /** The target has sent payload. @return false when the replica has ended in this call */
    boolean onTargetPayload(Replica replica, TargetResponse response, int fresh, long nowNs) {
        ProtocolAdapter adapter = replica.session.adapter;
        if (adapter == null) {
            return true;
        }
        int known = response.payloadLength() - fresh;
        int shown = Math.max(0, Math.min(response.shownLength() - known, fresh));
        out.clear();
        if (!adapter.onTargetBytes(response.shown(), response.shownAt() + known, shown, fresh, out)) {
            lifecycle.skip(replica.session, DropReason.NOT_MIRRORED, nowNs);
            return false;
        }
        if (out.length() > 0) {
            insert(replica, nowNs);
        }
        return replica.session.replica == replica;
    }

    /** Puts the output behind what was released so far. */
    private void insert(Replica replica, long nowNs) {
        if (replica.isFinSent) {
            return;
        }
        Segment next = replica.session.queue.head();
        while (next != null && next.is(Segment.RELEASED)) {
            next = next.next;
        }
        Segment first = append(replica, next, null, nowNs);
        if (first != null && replica.cursor == next) {
            replica.cursor = first;
        }
    }

    /**
     * Makes segments of the output, in the queue before {@code next}; those that stand for {@code like} have its marks. A full
     * pool ends the replica.
     *
     * @return the first, or null
     */
    private Segment append(Replica replica, Segment next, Segment like, long nowNs) {
        Session session = replica.session;
        Segment first = null;
        boolean isFinAlone = like != null && like.isFin() && out.length() == 0;
        for (int from = 0; from < out.length() || isFinAlone; ) {
            int length = Math.min(out.length() - from, SegmentPool.CHUNK_BYTES);
            Segment piece = length == 0 ? pool.allocateControl() : pool.allocate(length);
            if (piece == null) {
                lifecycle.abort(session, DropReason.MEMORY_LIMIT, nowNs);
                return null;
            }
            boolean isLast = from + length == out.length();
            fill(replica, piece, like, from == 0, isLast);
            if (length > 0) {
                out.copyTo(piece.bytes(), piece.dataOffset, from, length);
            }
            session.queue.insertAfter(next == null ? session.queue.tail() : next.prev, piece);
            books.insert(session, piece);
            replica.releasedNxt = piece.end();
            first = first == null ? piece : first;
            from += length;
            isFinAlone = false;
        }
        return first;
    }

    private static void fill(Replica replica, Segment piece, Segment like, boolean isFirst, boolean isLast) {
        Session session = replica.session;
        piece.seq = replica.releasedNxt;
        piece.onlineAck = session.requestAck;
        piece.tsVal = replica.lastTsVal;
        piece.trafficClass = session.trafficClass;
        piece.flags = INSERTED;
        if (like == null) {
            return;
        }
        int ofFirst = Segment.JOINABLE | Segment.REQUEST | Segment.HELD;
        int ofLast = TcpFlags.PSH | TcpFlags.FIN | Segment.BOOKED;
        int kept = (isFirst ? ofFirst : 0) | (isLast ? ofLast : 0) | Segment.RELEASED;
        piece.flags = like.flags & kept;
        piece.onlineAck = like.onlineAck;
        piece.answer = isFirst ? like.answer : 0;
        piece.tsVal = like.tsVal;
        piece.trafficClass = like.trafficClass;
        piece.capturedNs = like.capturedNs;
    }
}
