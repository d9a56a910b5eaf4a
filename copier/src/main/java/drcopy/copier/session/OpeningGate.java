// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/**
 * Whose turn it is to open toward one target, first come first served. How many SYNs may be out at a time follows the target's
 * pace: a round is over when as many as may be out were answered, or an eighth of that slowly; then the bound halves if it was
 * slow, else grows by an eighth (after the first slow round; before it, by as much again). What is never answered says nothing
 * of the pace: one dead real server does not slow the others. Replicas that have waited through a silence of the target have a
 * queue of their own, and every other turn. Owned by the shard thread.
 */
final class OpeningGate {
    /** The least bound: a target that answers once a second still gets as many. */
    static final int LEAST = 16;
    /** An answer that takes longer is slow: half of the least retransmission timeout, so that data is rarely sent twice. */
    static final long SLOW_NS = RetransmitTimer.MIN_RTO_NS / 2;

    private static final int SLOW_SHARE = 8;

    private final int most;
    private int bound;
    private int opening;
    private final OpeningQueue fresh = new OpeningQueue();
    private final OpeningQueue late = new OpeningQueue();
    private boolean wasLateLast;

    /** Whether the target answers at all. */
    final TargetSilence silence = new TargetSilence();
    /** How long the packets may be that reach it. */
    final PathSize path = new PathSize();

    private long roundSinceNs = Long.MIN_VALUE;
    private int answered;
    private int slow;
    private boolean hasBeenSlow;
    private long leastRoundTripNs = Long.MAX_VALUE / 2;
    private long lastAnsweredNs = Long.MIN_VALUE;

    /** @param most SYNs at a time, however quick the target is */
    OpeningGate(int most) {
        this.most = most;
        this.bound = most;
    }

    /** SYNs that may be out now. */
    int bound() {
        return bound;
    }

    /** When a SYN was last answered; {@code Long.MIN_VALUE} before the first. */
    long lastAnsweredNs() {
        return lastAnsweredNs;
    }

    /** Whose turn it is, if one may open now; else null. */
    Replica next() {
        if (opening >= bound) {
            return null;
        }
        boolean isLateNext = late.head() != null && (fresh.head() == null || !wasLateLast);
        return isLateNext ? late.head() : fresh.head();
    }

    /** The replica waits for its turn. */
    void queue(Replica replica) {
        replica.gate = this;
        replica.isQueuedToOpen = true;
        queueOf(replica).append(replica);
    }

    /** The replica leaves the queue. */
    void unqueue(Replica replica) {
        replica.isQueuedToOpen = false;
        queueOf(replica).remove(replica);
    }

    private OpeningQueue queueOf(Replica replica) {
        return replica.isLate ? late : fresh;
    }

    /** The replica, no longer in the queue, sends its SYN. */
    void open(Replica replica) {
        wasLateLast = replica.isLate;
        replica.isOpening = true;
        opening++;
    }

    /** The replica's SYN is no longer out: answered, given up for the first time, or its replica gone. */
    void leave(Replica replica) {
        if (replica.isOpening) {
            replica.isOpening = false;
            opening--;
        }
    }

    /** The target has answered the replica's SYN, the first or a later one. */
    void answered(Replica replica, long nowNs) {
        leave(replica);
        silence.heard(nowNs);
        lastAnsweredNs = nowNs;
        if (replica.firstSynNs < roundSinceNs) {
            return; // it tells of the bound before
        }
        long roundTripNs = nowNs - replica.firstSynNs;
        leastRoundTripNs = Math.min(leastRoundTripNs, roundTripNs);
        answered++;
        if (roundTripNs > Math.max(SLOW_NS, 2 * leastRoundTripNs)) {
            slow++;
        }
        if (slow * SLOW_SHARE > bound) {
            hasBeenSlow = true;
            beginRound(Math.max(Math.min(LEAST, most), bound / 2), nowNs);
        } else if (answered >= bound) {
            beginRound(Math.min(most, bound + (hasBeenSlow ? Math.max(1, bound / 8) : bound)), nowNs);
        }
    }

    /** SYNs that were out in a silence of the target tell nothing of its pace. */
    void restart(long nowNs) {
        beginRound(bound, nowNs);
    }

    private void beginRound(int nextBound, long nowNs) {
        bound = nextBound;
        roundSinceNs = nowNs;
        answered = 0;
        slow = 0;
    }
}
