// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;

/**
 * How replicas begin and end, and what becomes of their sessions then: the next request opens another replica, or the session
 * waits for one, or is forgotten. Owned by the shard thread.
 */
final class Lifecycle {
    private final EngineConfig config;
    private final Books books;
    private final Replicas replicas;
    private final ReplicaSender sender;
    private final TimerHeap timers;
    private final Backlog backlog;
    private final FlowTable<Session> sessions = new FlowTable<>(1024);

    Lifecycle(
            EngineConfig config,
            Books books,
            Replicas replicas,
            ReplicaSender sender,
            TimerHeap timers,
            Backlog backlog) {
        this.config = config;
        this.books = books;
        this.replicas = replicas;
        this.sender = sender;
        this.timers = timers;
        this.backlog = backlog;
    }

    FlowTable<Session> sessions() {
        return sessions;
    }

    /** Adds a session whose key is not in the table. */
    void admit(Session session, long nowNs) {
        sessions.put(session);
        session.isCurrent = true;
        session.instances.sessions++;
        session.lastClientNs = nowNs;
        books.move(Ledger.Gauge.SESSIONS, 1);
        timers.schedule(session, nowNs + 2 * config.sessionTimeoutNs());
    }

    /** The session's key belongs to another connection from now on. */
    void expel(Session session) {
        if (session.isCurrent) {
            session.isCurrent = false;
            sessions.remove(session);
        }
    }

    /** The session is no more. It holds nothing and has no live replica. */
    void forget(Session session) {
        if (session.isForgotten) {
            return;
        }
        session.isForgotten = true;
        session.instances.sessions--;
        expel(session);
        timers.cancel(session);
        books.move(Ledger.Gauge.SESSIONS, -1);
    }

    /** Opens the session's first replica, with the captured SYN. */
    void open(Session session, Segment syn, long nowNs) {
        Replica replica = new Replica(session);
        replica.iss = session.iss;
        replica.syn = syn;
        enlist(replica, PortTable.preferredPort(session.clientPort, session.tag), nowNs);
    }

    /** Opens a replica that begins with the head of the queue, with a SYN of our own; ends the session if its ID was lost. */
    void openAtRequest(Session session, long nowNs) {
        if (!session.mayOpen()) {
            dismiss(session, nowNs);
            return;
        }
        if (session.hasHadReplica) {
            books.count(CopierCounter.REPLICAS_REOPENED);
        }
        Segment first = session.queue.head();
        for (Segment s = first; s != null && s.is(Segment.RELEASED); s = s.next) {
            s.flags &= ~Segment.RELEASED;
        }
        first.answer = session.greeting;
        first.flags |= Segment.REQUEST;
        if (session.synOptions.length == 0 && session.clientShift == Session.UNKNOWN_SHIFT) {
            session.synOptions =
                    SynOptions.mss(Math.min(config.mss(), sender.mtuMss(session.target.hi(), session.target.lo())));
        }
        Replica replica = new Replica(session);
        replica.iss = first.seq - 1;
        enlist(replica, PortTable.preferredPort(session.clientPort, session.tag), nowNs);
    }

    /** The session ends for its instance ID was lost: IDs in use may join its connection at the next request. */
    private void dismiss(Session session, long nowNs) {
        backlog.dropAll(session, DropReason.ID_LOST);
        endLingering(session, DropReason.ID_LOST, nowNs);
    }

    private void enlist(Replica replica, int port, long nowNs) {
        Session session = replica.session;
        session.replica = replica;
        session.hasHadReplica = true;
        boolean isEnlisted = replicas.enlist(replica, port, nowNs);
        Replica evicted = replicas.pollEvicted();
        if (evicted != null) {
            lingered(evicted);
        }
        if (isEnlisted) {
            timers.schedule(replica, nowNs + config.sessionTimeoutNs());
            return;
        }
        session.replica = null;
        dropSyn(replica, DropReason.NO_PORT);
        backlog.dropAll(session, DropReason.NO_PORT);
        rest(session, DropReason.NO_PORT);
    }

    /** The captured SYN was acknowledged. */
    void deliverSyn(Replica replica) {
        if (replica.syn != null) {
            books.deliver(replica.session, replica.syn);
            replica.syn = null;
        }
    }

    private void dropSyn(Replica replica, DropReason reason) {
        if (replica.syn != null) {
            books.dropHeld(replica.session, replica.syn, reason);
            replica.syn = null;
        }
    }

    /** Both directions are closed and acknowledged: FIN-FIN from our side lingers, from the target's it does not. */
    void closed(Replica replica, boolean lingers, long nowNs) {
        books.count(CopierCounter.REPLICAS_CLOSED);
        backlog.dropAll(replica.session, DropReason.SESSION_CLOSED);
        leave(replica, lingers, nowNs);
        rest(replica.session, DropReason.SESSION_CLOSED);
    }

    /** The target refused the SYN. */
    void refused(Replica replica, long nowNs) {
        dropSyn(replica, DropReason.TARGET_REFUSED);
        backlog.dropAll(replica.session, DropReason.TARGET_REFUSED);
        leave(replica, false, nowNs);
        rest(replica.session, DropReason.TARGET_REFUSED);
    }

    /**
     * The target reset the connection.
     *
     * @param isUntaken it took nothing of what is in flight
     */
    void resetByTarget(Replica replica, boolean isUntaken, long nowNs) {
        Session session = replica.session;
        Segment head = session.queue.head();
        if (head != null && isUntaken && mayBeRetried(replica, head)) {
            head.flags |= Segment.RETRIED;
        } else {
            backlog.dropBroken(session, DropReason.TARGET_CLOSED);
        }
        leave(replica, false, nowNs);
        goOn(session, DropReason.TARGET_CLOSED, nowNs);
    }

    /** True for a request that crossed with the end of a connection in use, or met none, for the first time. */
    private static boolean mayBeRetried(Replica replica, Segment head) {
        return replica.session.adapter == null // what it made of the request was for this connection
                && head.is(Segment.JOINABLE)
                && head.is(Segment.RELEASED)
                && !head.is(Segment.RETRIED)
                && replica.sndUna == head.seq
                && !replica.hasRetransmitted;
    }

    /** The queue's end of the connection is reached: a client's RST, or our own END. */
    void resetAtEnd(Replica replica, long nowNs) {
        Session session = replica.session;
        Segment end = session.queue.head();
        sender.sendReset(replica);
        if (!end.is(Segment.BOOKED)) {
            books.count(CopierCounter.REPLICAS_RESET);
        } else {
            books.count(CopierCounter.REPLICAS_CLOSED);
        }
        session.unlink(end);
        books.deliver(session, end);
        backlog.dropBroken(session, DropReason.SESSION_CLOSED);
        leave(replica, true, nowNs);
        goOn(session, session.seekReason, nowNs);
    }

    /** The target has closed, and what comes next is a new request: this connection ends, the request opens another. */
    void endBeforeNext(Replica replica, long nowNs) {
        sender.sendReset(replica);
        books.count(CopierCounter.REPLICAS_CLOSED);
        leave(replica, true, nowNs);
        goOn(replica.session, DropReason.SESSION_CLOSED, nowNs);
    }

    /** Resets the replica and drops everything that is held. */
    void abort(Session session, DropReason reason, long nowNs) {
        Replica replica = session.replica;
        if (replica != null) {
            if (replica.state().isSynchronized()) {
                sender.sendReset(replica);
                books.count(CopierCounter.REPLICAS_RESET);
            }
            dropSyn(replica, reason);
            leave(replica, replica.state() != TcpState.CLOSED, nowNs);
        }
        backlog.dropAll(session, reason);
        rest(session, reason);
    }

    /** Nothing of the session is played any more, for this reason. */
    void skip(Session session, DropReason reason, long nowNs) {
        session.isSkipped = true;
        seek(session, reason);
        backlog.dropBeyond(session, reason);
        abort(session, reason, nowNs);
    }

    /** Ends the session at once: a RST where there is a connection, its port free again, what it holds dropped. */
    void cut(Session session, DropReason reason, long nowNs) {
        Replica replica = session.replica;
        if (replica != null) {
            if (replica.state().isSynchronized()) {
                sender.sendReset(replica);
                books.count(CopierCounter.REPLICAS_RESET);
            }
            dropSyn(replica, reason);
            leave(replica, false, nowNs);
        }
        backlog.dropAll(session, reason);
        endLingering(session, reason, nowNs);
    }

    /** The session has no live replica and will have none: its last one stops answering, and it is forgotten. */
    void endLingering(Session session, DropReason reason, long nowNs) {
        Replica last = session.lingering;
        if (last != null) {
            session.lingering = null;
            replicas.stopLingering(last);
            replicas.remove(last, nowNs);
        }
        backlog.dropBeyond(session, reason);
        forget(session);
    }

    /** A fault of ours: like {@link #abort}, but trusts nothing. */
    void abandon(Session session) {
        Replica replica = session.replica;
        if (replica != null) {
            dropSyn(replica, DropReason.INTERNAL);
            replicas.retire(replica);
            replicas.withdraw(replica);
            session.replica = null;
        }
        backlog.dropAll(session, DropReason.INTERNAL);
        backlog.dropBeyond(session, DropReason.INTERNAL);
        forget(session);
    }

    /** The flow of this replica belongs to another copier: not a packet more on it. */
    void cede(Replica replica, long nowNs) {
        if (replica.isLingering) {
            replicas.stopLingering(replica);
            replicas.withdraw(replica);
            lingered(replica);
            return;
        }
        if (replica.state() == TcpState.CLOSED || replica.state() == TcpState.SYN_SENT) {
            moveToNextPort(replica, nowNs);
            return;
        }
        backlog.dropBroken(replica.session, DropReason.REPLACED);
        retire(replica);
        replicas.withdraw(replica);
        goOn(replica.session, DropReason.REPLACED, nowNs);
    }

    private void moveToNextPort(Replica old, long nowNs) {
        Session session = old.session;
        Replica replica = new Replica(session);
        replica.iss = old.iss;
        replica.syn = old.syn;
        old.syn = null;
        int port = PortTable.nextPort(old.key.clientPort);
        retire(old);
        replicas.withdraw(old);
        if (session.mayOpen()) {
            enlist(replica, port, nowNs);
        } else {
            dropSyn(replica, DropReason.ID_LOST);
            dismiss(session, nowNs);
        }
    }

    private void leave(Replica replica, boolean lingers, long nowNs) {
        retire(replica);
        if (!lingers) {
            replicas.remove(replica, nowNs);
            return;
        }
        replicas.linger(replica, nowNs);
        replica.session.lingering = replica;
    }

    /** The session has no live replica any more. */
    private void retire(Replica replica) {
        replica.session.replica = null;
        replicas.retire(replica);
        if (replica.state() != TcpState.CLOSED && replica.state() != TcpState.TIME_WAIT) {
            replica.transitionTo(TcpState.CLOSED);
        }
    }

    /** A lingering replica of this session is gone. */
    void lingered(Replica replica) {
        Session session = replica.session;
        if (session.lingering == replica) {
            session.lingering = null;
            endIfOver(session);
        }
    }

    /** What stays in the queue opens the next replica. */
    private void goOn(Session session, DropReason reason, long nowNs) {
        if (session.queue.isEmpty()) {
            rest(session, reason);
            return;
        }
        openAtRequest(session, nowNs);
    }

    /** Nothing is left to play: the session waits for its next request, or is over. */
    private void rest(Session session, DropReason reason) {
        if (!session.isSeeking) {
            seek(session, reason);
        }
        endIfOver(session);
    }

    /** The client's stream is dropped until a request begins: as what broke it itself, or as too late for its replica. */
    private static void seek(Session session, DropReason reason) {
        session.isSeeking = true;
        session.seekReason = switch (reason) {
            case CAPTURE_GAP, SESSION_LIMIT, MEMORY_LIMIT, NO_PORT, NOT_MIRRORED, MPTCP -> reason;
            default -> DropReason.SESSION_CLOSED;
        };
    }

    /** Forgets a session that has nothing left to play or to answer. */
    void endIfOver(Session session) {
        if (session.replica == null
                && session.lingering == null
                && session.queue.isEmpty()
                && session.beyond.isEmpty()
                && (session.isStreamOver || !session.isCurrent)) {
            forget(session);
        }
    }

    /**
     * The stream has a hole behind what is queued, so this connection ends there. What of the last request is not sent yet and
     * cannot be whole is dropped.
     *
     * @param ack SEG.ACK of what comes behind the hole: how much of online's the client had seen when it went on
     */
    void breakStream(Session session, DropReason reason, int ack, long nowNs) {
        if (session.isSeeking) {
            return;
        }
        boolean isGap = reason == DropReason.CAPTURE_GAP;
        Replica replica = session.replica;
        Segment last = session.lastRequest;
        boolean isStarted = last == null || last.is(Segment.RELEASED);
        if (replica == null || !isGap && isStarted) {
            abort(session, reason, nowNs);
            return;
        }
        int answer = Math.max(0, ack - session.requestAck);
        boolean isWhole = session.isLastPushed && !session.framing.continues();
        if (!isStarted && (!isGap || !isWhole)) {
            answer = last.answer;
            backlog.dropFrom(session, last, reason);
        }
        seek(session, reason);
        backlog.appendEnd(session, answer);
    }
}
