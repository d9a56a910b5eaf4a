// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/**
 * Whether a connection whose protocol is not known still waits for answers. Where the target speaks when it likes, as services
 * that push do, waiting for as many bytes as online had said holds the client's messages for nothing, ever longer. That is told
 * by two things: the client went on without the target, which says nothing; or the target speaks while nothing is asked.
 * Times in nanoseconds.
 */
final class Patience {
    /** The target may be silent for this long at first, whatever the client did meanwhile. */
    static final long QUIET_NS = 60_000_000L;
    /** Requests that the client made behind one that is held, each when it had heard more of online's. */
    private static final int BEHIND = 4;
    /** Answers in a row that tell a target that answers, but is slow now. */
    private static final int ANSWERS = 3;
    /** Longest holds in a row that tell one that does not answer. */
    private static final int EXPIRED = 3;

    private static final int LOOKED_AT = 64;

    /** A request that goes out so late although its answer came is worth a trial, with two behind it or as many before it that were. */
    private static final long LATE_NS = 30_000_000L;

    private static final int LATE = 2;

    private static final long LONGEST_TRIAL_NS = 300_000_000L;

    private int answers;
    private int expired;
    private boolean isOver;
    /** The target has spoken while nothing was asked. */
    private boolean isPushing;

    private long releasedNs;

    private int late;
    private long trialEndNs = TimerHeap.NEVER;
    private long trialFrom;
    private int releasesToTrial;
    private int trialGap = 16;

    void start(long nowNs) {
        releasedNs = nowNs;
    }

    /** True when requests wait no more. */
    boolean isOver() {
        return isOver;
    }

    /** May a held request go because the target, silent since {@code quietNs}, does not answer, and the client did not mind? */
    boolean isLost(Segment held, long quietNs, long nowNs) {
        return nowNs - quietNs >= QUIET_NS && answers < ANSWERS && behind(held) >= BEHIND;
    }

    /**
     * The answer to what came before this request is there, yet requests come late: is the target slow, or does it speak when it
     * likes? The request waits once more, for as long as the target takes twice. One that answers says nothing meanwhile.
     *
     * @param said bytes of the target's so far
     * @return when the trial is over, or NEVER when there is none
     */
    long tryNs(Segment request, long said, long nowNs) {
        if (trialEndNs == TimerHeap.NEVER) {
            late = nowNs - request.capturedNs < LATE_NS ? 0 : late + 1;
            boolean isSoonTold =
                    answers < ANSWERS && nowNs - releasedNs > QUIET_NS; // by the silence behind this request
            if (releasesToTrial > 0 || late == 0 || isSoonTold || late <= LATE && behind(request) < LATE) {
                return TimerHeap.NEVER;
            }
            trialFrom = said;
            trialEndNs = nowNs + Math.min(2 * (nowNs - releasedNs), LONGEST_TRIAL_NS);
            return trialEndNs;
        }
        isPushing = said > trialFrom;
        isOver |= isPushing;
        if (!isOver && nowNs < trialEndNs) {
            return trialEndNs;
        }
        trialEndNs = TimerHeap.NEVER;
        releasesToTrial = trialGap;
        trialGap = Math.min(4 * trialGap, 1 << 20);
        return TimerHeap.NEVER;
    }

    private static int behind(Segment held) {
        int requests = 0;
        int looked = 0;
        for (Segment s = held.next; s != null && looked < LOOKED_AT; s = s.next) {
            requests += s.is(Segment.REQUEST) ? 1 : 0;
            looked++;
        }
        return requests;
    }

    /** A request goes out. */
    void onRelease(HoldRule.Verdict verdict, long nowNs) {
        releasedNs = nowNs;
        releasesToTrial -= releasesToTrial > 0 ? 1 : 0;
        if (verdict == HoldRule.Verdict.EXPIRED || verdict == HoldRule.Verdict.GIVEN_UP) {
            answers = 0;
            expired++;
            isOver |= verdict == HoldRule.Verdict.GIVEN_UP || expired >= EXPIRED;
        } else if (!isOver) {
            answers++;
            expired = 0;
        }
    }

    /** The target has said all that the client had heard of online: it was slow, unless it speaks when it likes. */
    void onCaughtUp() {
        isOver = isPushing;
        expired = 0;
    }
}
