// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;

/**
 * Plays a session's queue on its replica: what may go, goes, in order; then the timers are set for what waits. Owned by the
 * shard thread.
 */
final class Player {
    private final EngineConfig config;
    private final Books books;
    private final ReplicaSender sender;
    private final Lifecycle lifecycle;
    private final StreamEditor editor;
    private final TimerHeap timers;

    Player(
            EngineConfig config,
            Books books,
            ReplicaSender sender,
            Lifecycle lifecycle,
            StreamEditor editor,
            TimerHeap timers) {
        this.editor = editor;
        this.config = config;
        this.books = books;
        this.sender = sender;
        this.lifecycle = lifecycle;
        this.timers = timers;
    }

    /** Something changed: a new segment, an acknowledgment, an answer, a timer. The replica may end in this call. */
    void play(Replica replica, long nowNs) {
        replica.hold.forgetDue();
        boolean isBlocked = false;
        while (replica.cursor != null && replica.state().isSynchronized()) {
            Segment segment = replica.cursor;
            if (!segment.is(Segment.RELEASED) && !release(replica, segment, nowNs)) {
                break;
            }
            if (replica.session.replica != replica) {
                return;
            }
            if (replica.cursor != segment) {
                continue; // an adapter put others in its place
            }
            if (!sender.sendNext(replica, nowNs)) {
                isBlocked = true;
                break;
            }
        }
        arm(replica, isBlocked, nowNs);
    }

    /** Rule 3 and the ends of a connection. */
    private boolean release(Replica replica, Segment segment, long nowNs) {
        boolean isAllAcknowledged = replica.isAllAcknowledged();
        if (segment.isReset() && !isAllAcknowledged) {
            return false;
        }
        HoldRule.Verdict verdict = verdict(replica, segment, nowNs);
        if (verdict == HoldRule.Verdict.HOLD) {
            if (!segment.is(Segment.HELD)) {
                segment.flags |= Segment.HELD;
                books.count(CopierCounter.HOLDS);
            }
            return false;
        }
        if (segment.isReset()) {
            lifecycle.resetAtEnd(replica, nowNs);
            return true;
        }
        if (beginsNextConnection(replica, segment)) {
            if (!isAllAcknowledged) {
                return false;
            }
            lifecycle.endBeforeNext(replica, nowNs);
            return true;
        }
        ProtocolAdapter.Verdict edit = editor.judge(replica, segment, nowNs);
        if (edit == ProtocolAdapter.Verdict.HOLD || edit == ProtocolAdapter.Verdict.SKIP) {
            return replica.session.replica != replica || replica.cursor != segment;
        }
        countEndOfHold(segment, verdict);
        segment.flags |= Segment.RELEASED;
        if (segment.is(Segment.REQUEST) || segment.seq == replica.iss + 1) {
            replica.hold.onRelease(segment, verdict, nowNs);
            replica.hasRetransmitted = false;
            replica.requestSentNs = nowNs;
        } else if (segment.length > 0) {
            replica.hold.onMore(segment.is(Segment.CONTINUES));
        }
        editor.place(replica, segment, edit, nowNs);
        return true;
    }

    private HoldRule.Verdict verdict(Replica replica, Segment segment, long nowNs) {
        ProtocolAdapter adapter = replica.session.adapter;
        if (adapter != null && adapter.keepsOrder()) {
            return HoldRule.Verdict.ANSWERED;
        }
        replica.hold.know(adapter != null || replica.session.framing.isHttp(), replica.session.isGreetingKnown);
        return replica.hold.verdict(segment, replica.isAllAcknowledged(), replica.rto.srttNs(), config.holdNs(), nowNs);
    }

    /** A target that has closed cannot answer: a new request goes to a new connection, unless online had closed, too. */
    private static boolean beginsNextConnection(Replica replica, Segment segment) {
        return replica.state() == TcpState.CLOSE_WAIT
                && segment.is(Segment.JOINABLE)
                && segment.is(Segment.REQUEST)
                && !replica.hold.isFinCounted(segment);
    }

    private void countEndOfHold(Segment segment, HoldRule.Verdict verdict) {
        if (!segment.is(Segment.HELD)) {
            return;
        }
        if (verdict == HoldRule.Verdict.SILENT) {
            books.count(CopierCounter.HOLDS_BY_SILENCE);
        } else if (verdict == HoldRule.Verdict.EXPIRED || verdict == HoldRule.Verdict.GIVEN_UP) {
            books.count(CopierCounter.HOLDS_EXPIRED);
        }
    }

    private void arm(Replica replica, boolean isBlocked, long nowNs) {
        boolean isPersisting = isBlocked && replica.flight() == 0;
        if (replica.flight() > 0 || isPersisting) {
            if (replica.rtoAtNs == TimerHeap.NEVER || isPersisting != replica.isPersisting) {
                armRetransmission(replica, isPersisting, nowNs);
            }
            if (replica.waitingSinceNs == TimerHeap.NEVER) {
                replica.waitingSinceNs = nowNs;
            }
        } else if (replica.state() != TcpState.SYN_SENT && replica.state() != TcpState.CLOSED) {
            replica.rtoAtNs = TimerHeap.NEVER;
            replica.waitingSinceNs = TimerHeap.NEVER;
        }
        replica.isPersisting = isPersisting;
        schedule(replica);
    }

    private static void armRetransmission(Replica replica, boolean isPersisting, long nowNs) {
        long rtoNs = replica.rto.rtoNs();
        long ptoNs = isPersisting || replica.congestion.isRecovering() ? rtoNs : replica.rto.ptoNs();
        replica.isProbeNext = ptoNs < rtoNs;
        replica.rtoAtNs = nowNs + ptoNs;
    }

    /** Makes sure that the replica's timer comes up in time. */
    void schedule(Replica replica) {
        long dueNs = Math.min(replica.rtoAtNs, replica.hold.dueNs());
        if (replica.waitingSinceNs != TimerHeap.NEVER) {
            dueNs = Math.min(dueNs, replica.waitingSinceNs + config.sessionTimeoutNs());
        }
        timers.schedule(replica, dueNs);
    }
}
