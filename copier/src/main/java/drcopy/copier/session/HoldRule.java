// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/**
 * The order of cause on one replica: how much the target has answered since the last request was released, and whether the
 * next may go. A request waits until the target has sent as many bytes as the client had seen of online's, or has pushed an
 * answer and fallen silent, or has closed, or the longest hold is over. Times in nanoseconds.
 */
final class HoldRule {
    /** What {@link #verdict} says. */
    enum Verdict {
        HOLD,
        ANSWERED,
        SILENT,
        EXPIRED
    }

    /** The target is not silent before it was so for this long, however short the round trip. */
    static final long MIN_SILENCE_NS = 1_000_000L;

    /** Payload bytes of the target, all of them up to RCV.NXT. */
    private long received;
    /** 1 when the target is known to have sent one more: a byte, or its FIN. */
    private int unseen;
    /** That one was sent before the last release: it ends the answer before. */
    private boolean isUnseenOld;
    /** The same when the last request was released. */
    private long answeredFrom;

    private boolean isPushed;
    private boolean isClosed;
    /** How much longer online's answers were than the target's so far, at most, in thousandths; 1000 when never longer. */
    private long longestPermille = 1000;

    private long lastPayloadNs;
    private long acknowledgedNs;
    private long dueNs = TimerHeap.NEVER;

    /** The connection stands: everything before (the SYN) is acknowledged. */
    void start(long nowNs) {
        acknowledgedNs = nowNs;
        lastPayloadNs = nowNs;
    }

    /** The target has sent {@code bytes} new payload bytes. */
    void onAnswer(int bytes, boolean push, long nowNs) {
        received += bytes;
        isPushed |= push && !(isUnseenOld && bytes <= unseen);
        unseen = 0;
        isUnseenOld = false;
        lastPayloadNs = nowNs;
    }

    /** A segment behind it shows that the target has sent {@code bytes} more, and another that may be its FIN. */
    void onUnseenAnswer(int bytes) {
        received += bytes;
        unseen = 1;
    }

    /** The target's FIN came. */
    void onClose() {
        isClosed = true;
        unseen = 0;
    }

    /** Everything sent so far is acknowledged. */
    void onAllAcknowledged(long nowNs) {
        acknowledgedNs = nowNs;
    }

    /** A request was released: its answer counts from here. */
    void onRelease(Segment request, long nowNs) {
        longestPermille = Math.max(longestPermille, 1000L * request.answer / Math.max(1, answered()));
        answeredFrom = received + unseen;
        isUnseenOld = unseen > 0;
        isPushed = false;
        lastPayloadNs = nowNs;
        dueNs = TimerHeap.NEVER;
    }

    /** More of what the target is asked was released: what it pushed before is no answer to that. */
    void onMore() {
        isPushed = false;
    }

    /**
     * Has a client that saw {@code seen} bytes since its last request seen more than the answer to that? The target's is whole
     * ({@link #isWhole}), and online's is about as long.
     */
    boolean isMoreThanOneAnswer(int seen) {
        long margin = longestPermille == 1000 ? 1000 : longestPermille * 5 / 4;
        return 1000L * seen > answered() * margin;
    }

    /** The target has answered the last request that was released, and is silent since. */
    boolean isWhole(long srttNs, long nowNs) {
        return isPushed && answered() > 0 && nowNs - lastPayloadNs >= Math.max(srttNs, MIN_SILENCE_NS);
    }

    /** Payload bytes since the last release. */
    long answered() {
        return received + unseen - answeredFrom;
    }

    /** True when the target has sent payload on this connection. */
    boolean hasAnswered() {
        return received > 0;
    }

    /** When a held request is to be looked at again. */
    long dueNs() {
        return dueNs;
    }

    /** Something else than the rule holds the segment, until {@code ns} at most. */
    void lookAgainAt(long ns) {
        dueNs = ns;
    }

    void forgetDue() {
        dueNs = TimerHeap.NEVER;
    }

    /**
     * May this segment go now?
     *
     * @param isAllAcknowledged the target has acknowledged everything before it
     * @param holdNs longest hold
     */
    Verdict verdict(Segment segment, boolean isAllAcknowledged, long srttNs, long holdNs, long nowNs) {
        dueNs = TimerHeap.NEVER;
        if (segment.answer == 0 || holdNs == 0 || isClosed || answered() >= segment.answer) {
            return Verdict.ANSWERED;
        }
        if (!isAllAcknowledged) {
            return Verdict.HOLD;
        }
        long silentNs = TimerHeap.NEVER;
        if (isPushed || mayCountFin(segment)) {
            silentNs = lastPayloadNs + Math.max(srttNs, MIN_SILENCE_NS);
            if (nowNs >= silentNs) {
                return Verdict.SILENT;
            }
        }
        long expiryNs = acknowledgedNs + holdNs;
        if (nowNs >= expiryNs) {
            return Verdict.EXPIRED;
        }
        dueNs = Math.min(silentNs, expiryNs);
        return Verdict.HOLD;
    }

    /** The client's FIN or RST acknowledges online's FIN, too, when online closed first: one more than the bytes it saw. */
    private boolean mayCountFin(Segment segment) {
        return segment.length == 0 && answered() >= segment.answer - 1;
    }

    /** True when what the client had seen is the target's answer and one more: online had closed, as the target has. */
    boolean isFinCounted(Segment segment) {
        return isClosed && answered() == segment.answer - 1;
    }
}
