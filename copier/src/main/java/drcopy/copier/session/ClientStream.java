// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.wire.IpPacket;
import drcopy.wire.Seq;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;

/**
 * Puts a session's captured segments in order: duplicates go, reordering heals, holes are waited for and given up, and requests
 * are told from each other. What is in order goes to the session's queue. Owned by the shard thread.
 */
final class ClientStream {
    /** A hole is given up after this when online has answered what is missing. */
    static final long EVIDENT_GAP_NS = 200_000_000L;

    /** How soon to look again whether the target has answered what lies before a hole. */
    private static final long LOOK_AGAIN_NS = 20_000_000L;

    private final EngineConfig config;
    private final Books books;
    private final SegmentPool pool;
    private final Backlog backlog;
    private final Lifecycle lifecycle;
    private final TimerHeap timers;

    ClientStream(
            EngineConfig config,
            Books books,
            SegmentPool pool,
            Backlog backlog,
            Lifecycle lifecycle,
            TimerHeap timers) {
        this.config = config;
        this.books = books;
        this.pool = pool;
        this.backlog = backlog;
        this.lifecycle = lifecycle;
        this.timers = timers;
    }

    /** Payload or FIN at {@code seq}; the segment is at hand. */
    void onData(Session session, IpPacket packet, int seq, long nowNs) {
        int flags = TcpHeader.flags(packet.buffer(), packet.tcpOffset());
        int skip = Math.max(0, Seq.distance(seq, session.clientNxt));
        int length = packet.payloadLength() - skip;
        boolean hasFin = TcpFlags.any(flags, TcpFlags.FIN);
        if (length < 0 || length == 0 && !hasFin) {
            books.drop(DropReason.DUPLICATE);
            return;
        }
        if (skip > 0) {
            books.trim(skip);
        }
        if (length > 0 && !isRoomFor(session, packet, seq + skip, length, nowNs)) {
            return;
        }
        int from = packet.payloadOffset() + skip;
        int at = seq + skip;
        do {
            int piece = Math.min(length, SegmentPool.CHUNK_BYTES);
            length -= piece;
            if (!keepPiece(session, packet, from, at, piece, length == 0, nowNs)) {
                return;
            }
            from += piece;
            at += piece;
        } while (length > 0);
    }

    private boolean isRoomFor(Session session, IpPacket packet, int at, int length, long nowNs) {
        if (session.heldBytes + length <= config.maxSessionBytes()) {
            return true;
        }
        refuse(session, packet, at, DropReason.SESSION_LIMIT, nowNs);
        return false;
    }

    /** The rest of the segment at hand, from {@code at} on, cannot be kept: the stream breaks here. */
    private void refuse(Session session, IpPacket packet, int at, DropReason reason, long nowNs) {
        books.drop(reason);
        if (at != session.clientNxt) {
            return;
        }
        int tcp = packet.tcpOffset();
        int flags = TcpHeader.flags(packet.buffer(), tcp);
        lifecycle.breakStream(session, reason, TcpHeader.ack(packet.buffer(), tcp), nowNs);
        moveTo(
                session,
                TcpHeader.seq(packet.buffer(), tcp) + packet.payloadLength() + (flags & TcpFlags.SYN) / TcpFlags.SYN);
        int ack = TcpHeader.ack(packet.buffer(), tcp);
        if (TcpFlags.any(flags, TcpFlags.ACK) && Seq.greaterThan(ack, session.requestAck)) {
            session.requestAck = ack;
        }
        session.isLastPushed = TcpFlags.any(flags, TcpFlags.PSH);
        if (TcpFlags.any(flags, TcpFlags.FIN)) {
            endStream(session);
            lifecycle.endIfOver(session);
        }
        drainBeyond(session, nowNs);
    }

    /** What lies before {@code seq} will not come any more. */
    private static void moveTo(Session session, int seq) {
        session.framing.skip(Seq.distance(session.clientNxt, seq));
        session.clientNxt = seq;
    }

    private boolean keepPiece(
            Session session, IpPacket packet, int from, int seq, int length, boolean isLast, long nowNs) {
        Segment segment = length == 0 ? pool.allocateControl() : pool.allocate(length);
        if (segment == null) {
            refuse(session, packet, seq, DropReason.MEMORY_LIMIT, nowNs);
            return false;
        }
        fill(segment, packet, seq, isLast);
        segment.capturedNs = nowNs;
        segment.seenNs = session.seenNs;
        if (length > 0) {
            segment.bytes().put(segment.dataOffset, packet.buffer(), from, length);
        }
        segment.urgentPointer = Math.max(0, segment.urgentPointer - (from - packet.payloadOffset()));
        if (seq == session.clientNxt) {
            books.hold(session, segment);
            accept(session, segment, nowNs);
            drainBeyond(session, nowNs);
        } else {
            keepBeyond(session, segment, nowNs);
        }
        return true;
    }

    private static void fill(Segment segment, IpPacket packet, int seq, boolean isLast) {
        var b = packet.buffer();
        int tcp = packet.tcpOffset();
        int flags = TcpHeader.flags(b, tcp);
        int kept = isLast ? TcpFlags.PSH | TcpFlags.FIN | TcpFlags.URG : TcpFlags.URG;
        segment.seq = seq;
        segment.flags = flags & kept | (isLast ? Segment.BOOKED : 0);
        segment.onlineAck = TcpHeader.ack(b, tcp);
        segment.urgentPointer = TcpFlags.any(flags, TcpFlags.URG) ? TcpHeader.urgentPointer(b, tcp) : 0;
        segment.trafficClass = PacketWriter.trafficClass(packet);
        int timestamps = TcpOptions.timestamps(b, tcp);
        segment.tsVal = timestamps < 0 ? 0 : b.getInt(timestamps + 2);
    }

    /**
     * A payload segment far from the stream: is the stream there now? The second of two that follow each other says so: the
     * capture missed much, or the beginning of another connection. The session joins at the next request there.
     */
    boolean isMoved(Session session, int seq, int length, long nowNs) {
        boolean isSecond = length > 0 && session.hasFar && seq == session.farEnd;
        session.hasFar = length > 0;
        session.farEnd = seq + length;
        if (!isSecond) {
            return false;
        }
        lifecycle.breakStream(session, DropReason.CAPTURE_GAP, session.requestAck, nowNs);
        backlog.dropBeyond(session, DropReason.CAPTURE_GAP);
        session.hasFar = false;
        session.isStreamOver = false;
        session.isRequestAckKnown = false;
        session.isLastPushed = false;
        session.framing.lose();
        session.clientNxt = seq;
        return true;
    }

    /** The client's RST: a node behind its data, without sequence number of its own. */
    void onReset(Session session, IpPacket packet, int seq, long nowNs) {
        Segment segment = pool.allocateControl();
        segment.seq = Seq.max(seq, session.clientNxt);
        segment.flags = TcpFlags.RST | Segment.BOOKED;
        segment.onlineAck = session.isRequestAckKnown ? session.onlineAck : session.requestAck;
        segment.trafficClass = PacketWriter.trafficClass(packet);
        segment.tsVal = session.tsVal;
        segment.capturedNs = nowNs;
        if (Seq.lessOrEqual(seq, session.clientNxt)) {
            books.hold(session, segment);
            accept(session, segment, nowNs);
        } else {
            keepBeyond(session, segment, nowNs);
        }
    }

    /** A RST behind the client's FIN: it ends what is left of the connection. */
    void onLateReset(Session session) {
        Replica replica = session.replica;
        Segment tail = session.queue.tail();
        if (replica == null || tail != null && tail.isReset()) {
            books.drop(DropReason.SESSION_CLOSED);
            return;
        }
        Segment segment = pool.allocateControl();
        segment.seq = session.clientNxt;
        segment.flags = TcpFlags.RST | Segment.BOOKED;
        books.hold(session, segment);
        enqueue(session, segment);
    }

    /** In sequence. The segment is held. */
    private void accept(Session session, Segment segment, long nowNs) {
        Segment behind = session.beyond.head();
        if (behind != null && !behind.isReset() && Seq.lessThan(behind.onlineAck, segment.onlineAck)) {
            segment.onlineAck =
                    behind.onlineAck; // sent again to fill a hole: its first copy had heard no more than that
        }
        boolean isAnswered = session.isRequestAckKnown && Seq.greaterThan(segment.onlineAck, session.requestAck);
        boolean continues = segment.length > 0 && session.framing.continues();
        boolean isAdvanced = isAnswered && !continues;
        segment.flags |= continues ? Segment.CONTINUES : 0;
        boolean mayBegin = segment.length > 0
                && session.framing.take(segment.bytes(), segment.dataOffset, segment.length, isAnswered);
        if (isAdvanced) {
            segment.answer = Seq.distance(session.requestAck, segment.onlineAck);
            segment.flags |= Segment.REQUEST;
            if (segment.seq == session.iss + 1) {
                session.greeting = segment.answer;
            }
        }
        if (mayBegin && isJoinable(session, segment, isAdvanced)) {
            segment.flags |= Segment.JOINABLE;
        }
        if (!segment.isReset()) {
            if (isAdvanced) {
                session.requestAck = segment.onlineAck;
            }
            session.clientNxt = segment.end();
            session.isLastPushed = (segment.flags & TcpFlags.PSH) != 0;
        }
        if (segment.isFin() || segment.isReset()) {
            endStream(session);
        }
        place(session, segment, nowNs);
    }

    private void endStream(Session session) {
        session.isStreamOver = true;
        backlog.dropBeyond(session, DropReason.SESSION_CLOSED);
    }

    /** May a connection begin with this payload segment? Not in the middle of a message, as far as can be told. */
    private boolean isJoinable(Session session, Segment segment, boolean isAdvanced) {
        boolean isFirst = segment.seq == session.iss + 1;
        boolean isAfterSilence = config.joinIdleNs() > 0 && segment.seenNs - session.lastSeenNs >= config.joinIdleNs();
        boolean isNextRequest = isAdvanced && session.isLastPushed;
        return isFirst || isNextRequest || isAfterSilence;
    }

    /** To the queue, or away while the session looks for its next request. */
    private void place(Session session, Segment segment, long nowNs) {
        if (session.isSeeking) {
            if (session.isSkipped || !segment.is(Segment.JOINABLE)) {
                books.dropHeld(session, segment, session.seekReason);
                lifecycle.endIfOver(session);
                return;
            }
            session.isSeeking = false;
        }
        enqueue(session, segment);
        if (session.replica == null) {
            lifecycle.openAtRequest(session, nowNs);
        }
    }

    private static void enqueue(Session session, Segment segment) {
        if (segment.is(Segment.REQUEST) || segment.is(Segment.JOINABLE)) {
            session.lastRequest = segment;
        }
        session.queue.append(segment);
        if (session.replica != null && session.replica.cursor == null) {
            session.replica.cursor = segment;
        }
    }

    /** What waits behind a hole that has just filled. */
    private void drainBeyond(Session session, long nowNs) {
        for (Segment head = session.beyond.head();
                head != null && Seq.lessOrEqual(head.seq, session.clientNxt);
                head = session.beyond.head()) {
            session.beyond.remove(head);
            int overlap = Seq.distance(head.seq, session.clientNxt);
            if (!head.isReset() && (overlap > head.length || overlap == head.length && !head.isFin())) {
                books.dropHeld(session, head, DropReason.DUPLICATE);
                continue;
            }
            if (overlap > 0 && !head.isReset()) {
                head.trimFront(overlap);
                books.trimHeld(session, overlap);
            }
            accept(session, head, nowNs);
        }
        restartGapTimer(session);
    }

    private void keepBeyond(Session session, Segment segment, long nowNs) {
        Segment before = session.beyond.lastNotAfter(segment.seq);
        books.hold(session, segment);
        int overlap = before == null ? 0 : Seq.distance(segment.seq, before.end());
        if (overlap >= segment.length && overlap > 0) {
            books.dropHeld(session, segment, DropReason.DUPLICATE);
            return;
        }
        if (overlap > 0) {
            segment.trimFront(overlap);
            books.trimHeld(session, overlap);
        }
        if (Hole.isAckedBefore(session, segment.seq)) {
            segment.flags |= Segment.ACKED_BEFORE;
        }
        session.beyond.insertAfter(before, segment);
        trimBehind(session, segment);
        long dueNs = nowNs + config.gapNs();
        if (session.isRequestAckKnown && Seq.greaterThan(segment.onlineAck, session.requestAck) && segment.length > 0) {
            dueNs = Math.max(nowNs, session.beyond.head().capturedNs + EVIDENT_GAP_NS);
        }
        session.gapAtNs = Math.min(session.gapAtNs, dueNs);
        timers.schedule(session, session.gapAtNs);
    }

    private void trimBehind(Session session, Segment segment) {
        for (Segment next = segment.next; next != null; next = segment.next) {
            int overlap = Seq.distance(next.seq, segment.seq + segment.length);
            if (overlap <= 0 || next.isReset()) {
                return;
            }
            if (Seq.greaterThan(next.end(), segment.end())) {
                segment.trimBack(overlap);
                books.trimHeld(session, overlap);
                return;
            }
            session.beyond.remove(next);
            books.dropHeld(session, next, DropReason.DUPLICATE);
        }
    }

    private void restartGapTimer(Session session) {
        Segment head = session.beyond.head();
        if (head == null) {
            session.gapAtNs = TimerHeap.NEVER;
            return;
        }
        session.gapAtNs = head.capturedNs + config.gapNs();
        timers.schedule(session, session.gapAtNs);
    }

    /** The hole has been open for too long: the request before it is broken, what lies behind it is looked through. */
    void onGap(Session session, long nowNs) {
        Segment head = session.beyond.head();
        boolean isBoundary = Hole.isBoundary(session, head, nowNs);
        if (!isBoundary && nowNs < head.capturedNs + config.gapNs() && Hole.mayTellLater(session, head, nowNs)) {
            session.gapAtNs = Math.min(nowNs + LOOK_AGAIN_NS, head.capturedNs + config.gapNs());
            return;
        }
        books.count(CopierCounter.CAPTURE_HOLES);
        lifecycle.breakStream(session, DropReason.CAPTURE_GAP, head.onlineAck, nowNs);
        moveTo(session, head.seq);
        session.isLastPushed = isBoundary;
        drainBeyond(session, nowNs);
    }

    /** A new connection has taken the session's key: it plays what it holds, then it ends. */
    void replace(Session session, long nowNs) {
        lifecycle.expel(session);
        backlog.dropBeyond(session, DropReason.REPLACED);
        session.isStreamOver = true;
        Replica replica = session.replica;
        if (replica == null) {
            lifecycle.endLingering(session, DropReason.REPLACED, nowNs);
        } else if (session.queue.isEmpty() && (replica.syn != null || replica.isAllAcknowledged())) {
            lifecycle.cut(session, DropReason.REPLACED, nowNs);
        } else if (session.queue.tail() == null
                || !session.queue.tail().isReset() && !session.queue.tail().isFin()) {
            backlog.appendEnd(session, 0);
        }
    }
}
