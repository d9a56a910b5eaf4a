// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.wire.Seq;
import drcopy.wire.TcpFlags;

/**
 * What the target's segments do to a replica, in the order of RFC 9293 section 3.10.7. The target's bytes are not needed, only
 * that it has sent them: a segment with payload shows that everything before it was sent, too, so RCV.NXT goes to its end at
 * once, whatever summaries were lost on the way. Owned by the shard thread.
 */
final class ReplicaReceiver {
    /** Summaries of segments this far below RCV.NXT still speak of this connection. */
    private static final int STALE_BYTES = 1 << 20;
    /** What a connection that ended may have sent that was never reported. */
    private static final int MOST_AHEAD_BYTES = 1 << 16;
    /** Payload of a full segment when the target's SYN has no MSS option: RFC 9293 3.7.1. */
    private static final int DEFAULT_MSS = 536;

    private static final int DEFAULT_MSS_IPV6 = 1220;
    /** No real MSS is smaller; what a broken SYN announces is raised to it (Linux: TCP_MIN_SND_MSS). */
    private static final int MIN_MSS = 48;

    private final Books books;
    private final ReplicaSender sender;
    private final Lifecycle lifecycle;
    private final StreamEditor editor;
    private final Player player;
    private final PathSearch search;

    ReplicaReceiver(
            Books books,
            ReplicaSender sender,
            Lifecycle lifecycle,
            StreamEditor editor,
            Player player,
            PathSearch search) {
        this.search = search;
        this.editor = editor;
        this.books = books;
        this.sender = sender;
        this.lifecycle = lifecycle;
        this.player = player;
    }

    /** A segment of the target's for this replica, which may end in this call. */
    void onResponse(Replica replica, TargetResponse response, long nowNs) {
        if (replica.isLingering) {
            answerLate(replica, response, nowNs);
            return;
        }
        switch (replica.state()) {
            case CLOSED, TIME_WAIT -> {}
            case SYN_SENT -> onSynSent(replica, response, nowNs);
            case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK -> {
                heard(replica, nowNs);
                onSynchronized(replica, response, nowNs);
            }
        }
    }

    private static void heard(Replica replica, long nowNs) {
        replica.lastHeardNs = nowNs;
        if (replica.waitingSinceNs != TimerHeap.NEVER) {
            replica.waitingSinceNs = nowNs;
        }
    }

    /** An ended replica repeats its last word: an ACK in TIME_WAIT, else a RST. */
    private void answerLate(Replica replica, TargetResponse response, long nowNs) {
        int flags = response.flags();
        if (TcpFlags.any(flags, TcpFlags.RST)) {
            return;
        }
        boolean isTimeWait = replica.state() == TcpState.TIME_WAIT;
        boolean isEmpty = response.payloadLength() == 0 && !TcpFlags.any(flags, TcpFlags.FIN | TcpFlags.SYN);
        if (isTimeWait && isEmpty || !replica.mayChallenge(nowNs)) {
            return;
        }
        if (isTimeWait) {
            sender.sendAck(replica);
        } else {
            sender.sendResetFor(replica, response);
        }
    }

    /** RFC 9293 3.10.7.3. */
    private void onSynSent(Replica replica, TargetResponse response, long nowNs) {
        int flags = response.flags();
        boolean hasAck = TcpFlags.any(flags, TcpFlags.ACK);
        if (hasAck && response.ack() != replica.iss + 1) {
            if (!TcpFlags.any(flags, TcpFlags.RST)) {
                resetStale(replica, response, nowNs);
            }
            return;
        }
        if (TcpFlags.any(flags, TcpFlags.RST)) {
            if (hasAck && !isOfConnectionBefore(replica, response.seq())) {
                replica.gate.silence.heard(nowNs);
                lifecycle.refused(replica, nowNs);
            }
            return;
        }
        if (hasAck && TcpFlags.any(flags, TcpFlags.SYN)) {
            heard(replica, nowNs);
            establish(replica, response, nowNs);
        } else {
            replica.isStale |= hasAck;
        }
    }

    /**
     * What a connection of the session still said before it heard of its end may acknowledge just what the next one's SYN begins with. A
     * refusal has no numbers of that connection: its SEG.SEQ is 0, RFC 9293 3.10.7.1.
     */
    private static boolean isOfConnectionBefore(Replica replica, int seq) {
        return replica.isHeir
                && seq != 0
                && Seq.greaterOrEqual(seq, replica.formerNxt - STALE_BYTES)
                && Seq.lessOrEqual(seq, replica.formerNxt + MOST_AHEAD_BYTES);
    }

    private void resetStale(Replica replica, TargetResponse response, long nowNs) {
        // Not more often than the target needs to answer a SYN: the same challenge may come twice.
        long roundTripNs = Math.max(HoldRule.MIN_SILENCE_NS, (nowNs - replica.firstSynNs) / 2);
        if (replica.staleResetNs != Long.MIN_VALUE && nowNs - replica.staleResetNs < roundTripNs) {
            return;
        }
        replica.staleResetNs = nowNs;
        books.count(CopierCounter.STALE_CONNECTIONS_RESET);
        sender.sendResetFor(replica, response);
        sender.sendSyn(replica, nowNs);
        player.schedule(replica);
    }

    private void establish(Replica replica, TargetResponse response, long nowNs) {
        replica.transitionTo(TcpState.ESTABLISHED);
        replica.gate.answered(replica, nowNs);
        books.count(CopierCounter.REPLICAS_ESTABLISHED);
        learnOptions(replica, response, nowNs);
        replica.irs = response.seq();
        replica.rcvNxt = response.seq() + 1;
        replica.rcvAdv = replica.rcvNxt;
        replica.sndUna = response.ack();
        replica.sndWnd = response.window();
        replica.maxSndWnd = replica.sndWnd;
        replica.sndWl1 = response.seq();
        replica.sndWl2 = response.ack();
        if (!replica.isSynRepeated) {
            replica.rto.sample(nowNs - replica.synSentNs);
        }
        replica.rto.forgetBackoff();
        replica.rtoAtNs = TimerHeap.NEVER;
        replica.congestion.start(replica.mss);
        replica.hold.start(nowNs);
        lifecycle.deliverSyn(replica);
        replica.sendFrom(replica.session.queue.head(), replica.iss + 1);
        editor.onConnected(replica);
        replica.isAckOwed = true;
        player.play(replica, nowNs);
        acknowledgeNow(replica);
    }

    private void learnOptions(Replica replica, TargetResponse response, long nowNs) {
        Session session = replica.session;
        boolean bothScale = session.clientShift >= 0 && response.has(TargetResponse.HAS_WINDOW_SHIFT);
        replica.usesScaling = bothScale;
        replica.sndWndShift = bothScale ? Math.min(14, response.windowShift()) : 0;
        replica.usesTimestamps = session.offersTimestamps && response.has(TargetResponse.HAS_TIMESTAMPS);
        replica.tsRecent = replica.usesTimestamps ? response.tsVal() : 0;
        int absent = replica.key.isIpv4() ? DEFAULT_MSS : DEFAULT_MSS_IPV6;
        int announced = response.has(TargetResponse.HAS_MSS) ? Math.max(MIN_MSS, response.mss()) : absent;
        replica.mss = sender.effectiveMss(replica, announced, nowNs);
    }

    private void onSynchronized(Replica replica, TargetResponse response, long nowNs) {
        int flags = response.flags();
        int seq = response.seq();
        int payload = response.payloadLength();
        int length = payload + (TcpFlags.any(flags, TcpFlags.SYN) ? 1 : 0) + (flags & TcpFlags.FIN);
        if (TcpFlags.any(flags, TcpFlags.RST)) {
            onReset(replica, response, nowNs);
            return;
        }
        if (!isBelowEdge(replica, payload > 0 ? seq + 1 : seq) || Seq.lessThan(seq, replica.rcvNxt - STALE_BYTES)) {
            challenge(replica, nowNs);
            return;
        }
        if (TcpFlags.any(flags, TcpFlags.SYN) || !TcpFlags.any(flags, TcpFlags.ACK)) {
            // A repeated SYN/ACK: our ACK was lost. In the window: RFC 5961 section 4.
            challenge(replica, nowNs);
            return;
        }
        boolean isNew = length > 0 && Seq.greaterThan(seq + length, replica.rcvNxt);
        boolean isOld = length > 0 && !isNew;
        boolean isStale = isOld || length == 0 && Seq.lessThan(seq, replica.rcvNxt);
        if (isStale && length == 0) {
            challenge(replica, nowNs); // a keep-alive probe: RFC 9293 3.8.4
        }
        if (!onAck(replica, response, nowNs)) {
            return;
        }
        replica.updateWindow(response.seq(), response.ack(), response.window(), isStale);
        boolean isAhead = replica.session.adapter != null && Seq.greaterThan(seq, replica.rcvNxt);
        if (!isStale && !isAhead) {
            onUnseen(replica, seq, length);
        }
        if (isNew && !isAhead && !onPayload(replica, response, nowNs)) {
            return;
        }
        replica.isAckOwed |= isNew || isOld;
        if (afterFin(replica, nowNs)) {
            return;
        }
        player.play(replica, nowNs);
        if (isOld || isNew && isAhead || TcpFlags.any(flags, TcpFlags.FIN)) {
            acknowledgeNow(replica);
        }
    }

    /** RFC 9293 3.10.7.4, second check; what the RST acknowledges the target has taken. */
    private void onReset(Replica replica, TargetResponse response, long nowNs) {
        int seq = response.seq();
        if (Seq.lessThan(seq, replica.rcvNxt - STALE_BYTES) || !isBelowEdge(replica, seq)) {
            return;
        }
        boolean hasAck = TcpFlags.any(response.flags(), TcpFlags.ACK);
        if (hasAck
                && Seq.greaterThan(response.ack(), replica.sndUna)
                && Seq.lessOrEqual(response.ack(), replica.sndMax)) {
            replica.sndUna = response.ack();
            releaseAcknowledged(replica, response.ack());
        }
        lifecycle.resetByTarget(replica, ResetRule.isUntaken(replica, response), nowNs);
    }

    /** Within the window that was announced, or the one byte that probes it. */
    private static boolean isBelowEdge(Replica replica, int seq) {
        return Seq.lessOrEqual(seq, Seq.max(replica.rcvAdv, replica.rcvNxt));
    }

    private void acknowledgeNow(Replica replica) {
        if (replica.isAckOwed && replica.session.replica == replica) {
            sender.sendAck(replica);
        }
    }

    private void challenge(Replica replica, long nowNs) {
        if (replica.mayChallenge(nowNs)) {
            sender.sendAck(replica);
        }
    }

    /** RFC 9293 3.10.7.4, fifth check. @return false when the segment is to be dropped */
    private boolean onAck(Replica replica, TargetResponse response, long nowNs) {
        int ack = response.ack();
        int most = replica.sndMax + (replica.isProbed ? 1 : 0);
        if (Seq.greaterThan(ack, most)) {
            challenge(replica, nowNs);
            return false;
        }
        if (replica.usesTimestamps
                && response.has(TargetResponse.HAS_TIMESTAMPS)
                && Seq.greaterThan(response.tsVal(), replica.tsRecent)) {
            replica.tsRecent = response.tsVal();
        }
        if (Seq.greaterThan(ack, replica.sndUna)) {
            onNewAck(replica, ack, nowNs);
        } else if (ack == replica.sndUna) {
            onSameAck(replica, response, nowNs);
        }
        return true;
    }

    private void onNewAck(Replica replica, int ack, long nowNs) {
        int flight = replica.flight();
        int acknowledged = Seq.distance(replica.sndUna, ack);
        replica.sndUna = ack;
        replica.sndMax = Seq.max(replica.sndMax, ack);
        replica.sndWnd =
                Math.max(0, replica.sndWnd - acknowledged); // its right edge stays until a newer window is told
        replica.isProbed = false;
        replica.isRepairing = false;
        replica.gate.silence.heard(nowNs);
        search.onNewAck(replica, ack, nowNs);
        releaseAcknowledged(replica, ack);
        if (Seq.lessThan(replica.sndNxt, ack)) {
            replica.sendFrom(replica.session.queue.head(), ack);
        }
        replica.rto.acknowledged(ack, nowNs);
        replica.rtoAtNs = TimerHeap.NEVER;
        if (replica.isAllAcknowledged()) {
            replica.hold.onAllAcknowledged(nowNs);
        }
        if (replica.congestion.onNewAck(ack, acknowledged, Math.max(flight, acknowledged))) {
            sender.resendFirst(replica);
        }
    }

    private void releaseAcknowledged(Replica replica, int ack) {
        Session session = replica.session;
        for (Segment head = session.queue.head(); head != null; head = session.queue.head()) {
            if (head.isReset() || !head.is(Segment.RELEASED) || Seq.greaterThan(head.end(), ack)) {
                return;
            }
            if (head == replica.cursor) {
                replica.cursor = head.next;
            }
            session.unlink(head);
            books.deliver(session, head);
        }
    }

    /** RFC 5681 section 2: nothing new, no payload, the same window, and something in flight. */
    private void onSameAck(Replica replica, TargetResponse response, long nowNs) {
        replica.hasAnswered |= response.payloadLength() == 0;
        if (response.payloadLength() == 0
                && !TcpFlags.any(response.flags(), TcpFlags.FIN)
                && replica.flight() > 0
                && (long) response.window() << replica.sndWndShift == replica.sndWnd
                && replica.congestion.onDuplicateAck(response.ack(), replica.sndMax, replica.flight())) {
            sender.resendFirst(replica);
            replica.isProbeNext = false;
            replica.rtoAtNs = nowNs + replica.rto.rtoNs();
        }
    }

    /**
     * An empty segment beyond RCV.NXT: the summaries before it were lost. All but the last of what they stood for was payload;
     * that one is the target's to repeat, for it may be its FIN.
     */
    private void onUnseen(Replica replica, int seq, int length) {
        int missing = Seq.distance(replica.rcvNxt, seq);
        if (length == 0 && missing > 0 && !replica.isFinReceived) {
            books.add(CopierCounter.RESPONSE_BYTES, missing - 1);
            replica.hold.onUnseenAnswer(missing - 1);
            replica.rcvNxt = seq - 1;
            replica.isAckOwed |= missing > 1;
        }
    }

    /** RFC 9293 3.10.7.4, seventh and eighth check: the segment reaches beyond RCV.NXT. @return false when the replica has ended */
    private boolean onPayload(Replica replica, TargetResponse response, long nowNs) {
        if (replica.isFinReceived) {
            return true;
        }
        int end = response.seq() + response.payloadLength();
        int fresh = Seq.distance(replica.rcvNxt, end);
        if (fresh > 0) {
            replica.rcvNxt = end;
            books.add(CopierCounter.RESPONSE_BYTES, fresh);
            books.answered(replica, nowNs);
            // What the target says before it has all of a request is no answer to it (a greeting, 100 Continue).
            boolean isWhole = response.ack() == replica.sndMax && !isSending(replica);
            replica.hold.onAnswer(fresh, TcpFlags.any(response.flags(), TcpFlags.PSH), isWhole, nowNs);
            if (!editor.onTargetPayload(replica, response, fresh, nowNs)) {
                return false;
            }
        }
        if (TcpFlags.any(response.flags(), TcpFlags.FIN)) {
            replica.rcvNxt = end + 1;
            replica.isFinReceived = true;
            replica.finAck = response.ack();
            replica.hold.onClose();
        }
        return true;
    }

    /** True while a part of what was released waits for a window. */
    private static boolean isSending(Replica replica) {
        return replica.cursor != null && replica.cursor.is(Segment.RELEASED);
    }

    /** The states that FINs and their acknowledgments lead to. @return true when the replica has ended */
    private boolean afterFin(Replica replica, long nowNs) {
        boolean isFinAcknowledged = replica.isFinAcknowledged();
        switch (replica.state()) {
            case ESTABLISHED -> {
                if (replica.isFinReceived) {
                    replica.transitionTo(TcpState.CLOSE_WAIT);
                }
            }
            case FIN_WAIT_1 -> {
                if (isFinAcknowledged && !replica.isFinReceived) {
                    replica.transitionTo(TcpState.FIN_WAIT_2);
                } else if (isFinAcknowledged) {
                    return timeWait(replica, nowNs);
                } else if (replica.isFinReceived) {
                    replica.transitionTo(TcpState.CLOSING);
                }
            }
            case FIN_WAIT_2 -> {
                return replica.isFinReceived && timeWait(replica, nowNs);
            }
            case CLOSING -> {
                return isFinAcknowledged && timeWait(replica, nowNs);
            }
            case LAST_ACK -> {
                if (isFinAcknowledged) {
                    lifecycle.closed(replica, false, nowNs);
                    return true;
                }
            }
            case CLOSED, SYN_SENT, CLOSE_WAIT, TIME_WAIT -> {}
        }
        return false;
    }

    private boolean timeWait(Replica replica, long nowNs) {
        if (replica.isAckOwed) {
            sender.sendAck(replica);
        }
        replica.transitionTo(TcpState.TIME_WAIT);
        lifecycle.closed(replica, true, nowNs);
        return true;
    }
}
