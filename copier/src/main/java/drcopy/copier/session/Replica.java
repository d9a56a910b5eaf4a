// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.Seq;

/**
 * A connection that plays a session against the target: the variables of RFC 9293 section 3.3.1 and what hangs on them. The
 * key is its 4-tuple toward the target. It consumes its session's queue. Owned by the shard thread; {@link ReplicaSender},
 * {@link ReplicaReceiver} and {@link Replicas} work on it.
 */
final class Replica extends FlowEntry {
    /** RFC 5961 section 7. */
    private static final int CHALLENGES_PER_SECOND = 10;

    final Session session;
    long routeId;

    private TcpState state = TcpState.CLOSED;

    /** The captured SYN until the target has acknowledged it, or null. */
    Segment syn;

    int iss;
    int sndUna;
    int sndNxt;
    /** Highest SND.NXT so far; more than sndNxt while repairing a loss. */
    int sndMax;
    /** The target's window, bytes after scaling. */
    int sndWnd;

    int maxSndWnd;
    int sndWndShift;
    int sndWl1;
    int sndWl2;
    /** Payload bytes of a full segment. */
    int mss = 536;
    /** The longest payload that was acknowledged, as {@link PathSearch} knows. */
    int provenLength;
    /** A longer one is on its way; its length and its end. */
    boolean isProving;

    int provingLength;
    int provingEnd;
    /** The target has answered with an empty segment since the retransmission timer expired. */
    boolean hasAnswered;
    /** IP packets of so many bytes are tried in place of full ones, 0 when none are; and the full segment's payload meanwhile. */
    int triedBytes;

    int fullMss;
    /** Such packets were acknowledged once where full ones were not, or 0. */
    int suspectBytes;

    boolean isFinSent;
    int finSeq;

    int irs;
    int rcvNxt;
    /** Right edge of the window announced to the target. */
    int rcvAdv;

    boolean isFinReceived;
    /** SEG.ACK of the target's FIN. */
    int finAck;
    /** Both SYNs had the option. */
    boolean usesScaling;

    boolean usesTimestamps;
    int tsRecent;
    int lastTsVal;
    int lastWindowField;

    final RetransmitTimer rto = new RetransmitTimer();
    final CongestionWindow congestion = new CongestionWindow();
    final HoldRule hold = new HoldRule();

    /** The segment that holds sndNxt, the next to send; null when all is sent. */
    Segment cursor;

    /** End of what is released of the adapted stream, in the target's numbers. */
    int releasedNxt;
    /** Since when the adapter holds the segment that is next, or NEVER. */
    long heldSinceNs = TimerHeap.NEVER;

    /** When the retransmission timer or the persist timer expires, or NEVER. */
    long rtoAtNs = TimerHeap.NEVER;

    /** What is due at {@link #rtoAtNs} is a tail-loss probe, before the retransmission timer is set. */
    boolean isProbeNext;

    boolean isPersisting;
    /** A byte beyond sndMax has gone out as a probe of a closed window. */
    boolean isProbed;
    /** Something was sent again since the last request was released. */
    boolean hasRetransmitted;
    /** The next expiry repeats without backing off: the way back was broken, not the way there. */
    boolean isRepairing;
    /** Since when the target owes a sign of life, or NEVER. */
    long waitingSinceNs = TimerHeap.NEVER;
    /** When the newest request began to be sent, until its answer begins. */
    long requestSentNs = TimerHeap.NEVER;

    long lastHeardNs;
    long synSentNs;
    long firstSynNs;
    long staleResetNs = Long.MIN_VALUE;
    boolean isSynRepeated;
    /** A connection from before has acknowledged what precedes the SYN's end: late, or because it does not know of its end. */
    boolean isStale;

    boolean isAckOwed;
    boolean isListedOwing;
    Replica nextOwing;
    int challengeTokens;
    long challengeSecond = Long.MIN_VALUE;

    /** Its target's gate, from enlisting on. */
    OpeningGate gate;
    /** Counts among those whose SYN is young. */
    boolean isOpening;

    /** Its route was announced. */
    boolean isRouted;
    /** It took its route over from the connection before on its flow, whose RCV.NXT was {@link #formerNxt}. */
    boolean isHeir;

    int formerNxt;

    boolean isQueuedToOpen;
    /** It has waited through a silence of its target. */
    boolean isLate;

    Replica nextToOpen;
    Replica prevToOpen;

    boolean isLingering;
    long lingerUntilNs;
    Replica nextLingering;
    Replica prevLingering;

    Replica(Session session) {
        this.session = session;
    }

    TcpState state() {
        return state;
    }

    /** The only writer of the state. */
    void transitionTo(TcpState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(state + " to " + next + " is not in the table of states");
        }
        state = next;
    }

    /** Bytes sent and not acknowledged; SYN and FIN count. */
    int flight() {
        return Seq.distance(sndUna, sndNxt);
    }

    boolean isAllAcknowledged() {
        return sndUna == sndMax;
    }

    /** Sets the point from which to send: {@code segment} holds {@code seq}. */
    void sendFrom(Segment segment, int seq) {
        cursor = segment;
        sndNxt = seq;
    }

    boolean isFinAcknowledged() {
        return isFinSent && Seq.greaterThan(sndUna, finSeq);
    }

    /** The target has acknowledged and sent nothing but its SYN. */
    boolean isUnheard() {
        return sndUna == iss + 1 && rcvNxt == irs + 1;
    }

    /** May a segment of the target's that is not acceptable be answered? Counts this one. */
    boolean mayChallenge(long nowNs) {
        long second = Math.floorDiv(nowNs, 1_000_000_000L);
        if (challengeSecond != second) {
            challengeSecond = second;
            challengeTokens = CHALLENGES_PER_SECOND;
        }
        return challengeTokens-- > 0;
    }

    /**
     * RFC 9293 3.10.7.4, fifth check, and one thing more: a segment with a higher SEG.ACK than the last is newer whatever its
     * SEG.SEQ (a retransmission). Its acknowledgment is taken, so its window must be, or the right edge would move.
     */
    void updateWindow(int seq, int ack, int field, boolean isStale) {
        boolean isLater = Seq.lessThan(sndWl1, seq) || sndWl1 == seq && Seq.lessOrEqual(sndWl2, ack);
        boolean isNewer = Seq.lessThan(sndWl2, ack) || !isStale && isLater;
        if (Seq.greaterOrEqual(ack, sndUna) && isNewer) {
            sndWnd = field << sndWndShift;
            maxSndWnd = Math.max(maxSndWnd, sndWnd);
            sndWl1 = Seq.max(sndWl1, seq);
            sndWl2 = ack;
        }
    }
}
