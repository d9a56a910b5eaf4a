// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/**
 * The order of cause on one replica: how much the target has answered since the last request was released, and whether the
 * next may go. A request waits until the target has sent as many bytes as the client had seen of online's, or has pushed an
 * answer and fallen silent, or has closed, or the longest hold is over. Where the protocol is not known, what the target has
 * said beyond what the client had seen counts for the next request: the client's message may have crossed with the rest
 * of online's answer; and there {@link Patience} ends. Times in nanoseconds.
 */
final class HoldRule {
    /** What {@link #verdict} says. */
    enum Verdict {
        HOLD,
        ANSWERED,
        SILENT,
        EXPIRED,
        /** The target does not answer, as far as can be told, and the client went on without. */
        GIVEN_UP
    }

    /** What the target says before it has a whole message, if no more than this, is an interim answer (RFC 9110 15.2), else the answer. */
    private static final int INTERIM_BYTES = 32;
    /** Requests in a row after each of which the target had said more than the client had seen, and ever more: it always does. */
    private static final int LONGER = 8;

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

    /** Bytes that the target had said then beyond what the client had seen; negative when less. */
    private long ahead;
    /** So often in a row did that grow. */
    private int grown;

    private boolean hasReleased;
    private boolean isPushed;
    /** An answer was pushed before the target had the whole message. */
    private boolean isEarly;
    /** Nothing but the rest of one message was released since the last request. */
    private boolean isOneMessage;

    private boolean isClosed;
    /** The protocol says where requests begin, and each is answered. */
    private boolean isKnown;
    /** How much online had said before the client's first payload is known. */
    private boolean isCounted;

    private final Patience patience = new Patience();
    /** How much longer online's answers were than the target's so far, at most, in thousandths; 1000 when never longer. */
    private long longestPermille = 1000;

    private long lastPayloadNs;
    private long acknowledgedNs;
    private long dueNs = TimerHeap.NEVER;

    /** The connection stands: everything before (the SYN) is acknowledged. */
    void start(long nowNs) {
        acknowledgedNs = nowNs;
        lastPayloadNs = nowNs;
        patience.start(nowNs);
    }

    /** Whether requests are known from what is not, and each of them is answered; whether what online said is counted from its first byte on. */
    void know(boolean isKnown, boolean isCounted) {
        this.isKnown = isKnown;
        this.isCounted = isCounted;
    }

    /**
     * The target has sent {@code bytes} new payload bytes.
     *
     * @param isWhole it had all that was sent
     */
    void onAnswer(int bytes, boolean push, boolean isWhole, long nowNs) {
        received += bytes;
        boolean isNew = push && !(isUnseenOld && bytes <= unseen);
        isPushed |= isNew && isWhole;
        isEarly |= isNew && !isWhole && isOneMessage && answered() > INTERIM_BYTES;
        unseen = 0;
        isUnseenOld = false;
        lastPayloadNs = nowNs;
        if (ahead < 0 && answered() + ahead >= 0) {
            patience.onCaughtUp();
        }
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
    void onRelease(Segment request, Verdict verdict, long nowNs) {
        longestPermille = Math.max(longestPermille, 1000L * request.answer / Math.max(1, answered()));
        carry(request, verdict, nowNs);
        isEarly = false;
        isOneMessage = true;
        answeredFrom = received + unseen;
        isUnseenOld = unseen > 0;
        isPushed = false;
        lastPayloadNs = nowNs;
        dueNs = TimerHeap.NEVER;
    }

    /** What the target has said too much counts for the next request, unless it says too much always. */
    private void carry(Segment request, Verdict verdict, long nowNs) {
        long left = hasReleased && !isKnown ? answered() + ahead - request.answer : 0;
        left = isCounted ? left : Math.min(left, 0); // a greeting of the target's may be among it
        hasReleased = true;
        patience.onRelease(verdict, nowNs);
        grown = left > ahead && left > 0 ? Math.min(grown + 1, LONGER) : 0;
        ahead = patience.isOver() ? left : grown == LONGER ? 0 : Math.max(0, left);
    }

    /**
     * More of what the target is asked was released: what it pushed before is no answer to that.
     *
     * @param continues it is of the same message; then what was pushed before may have been an early answer
     */
    void onMore(boolean continues) {
        isEarly = continues && isOneMessage && (isEarly || isPushed && answered() > INTERIM_BYTES);
        isOneMessage &= continues;
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
        if (segment.answer == 0 || holdNs == 0 || isClosed || patience.isOver()) {
            return Verdict.ANSWERED;
        }
        if (answered() + (isKnown ? 0 : ahead) >= segment.answer && isEarly && isKnown) {
            return afterEarly(isAllAcknowledged, srttNs, nowNs);
        }
        if (answered() + (isKnown ? 0 : ahead) >= segment.answer) {
            dueNs = isKnown ? TimerHeap.NEVER : patience.tryNs(segment, received + unseen, nowNs);
            return dueNs == TimerHeap.NEVER ? Verdict.ANSWERED : Verdict.HOLD;
        }
        if (!isAllAcknowledged) {
            return Verdict.HOLD;
        }
        long silentNs = TimerHeap.NEVER;
        if (isPushed || isEarly || mayCountFin(segment)) {
            long quietNs = isPushed ? lastPayloadNs : quietNs();
            silentNs = quietNs + Math.max(srttNs, MIN_SILENCE_NS);
            if (nowNs >= silentNs) {
                return Verdict.SILENT;
            }
        }
        return expiry(segment, silentNs, holdNs, nowNs);
    }

    /** Behind an answer to half a message the target often closes: when it has the rest, and is silent, it goes on. */
    private Verdict afterEarly(boolean isAllAcknowledged, long srttNs, long nowNs) {
        long silentNs = quietNs() + Math.max(srttNs, MIN_SILENCE_NS);
        if (isAllAcknowledged && nowNs >= silentNs) {
            return Verdict.ANSWERED;
        }
        dueNs = isAllAcknowledged ? silentNs : TimerHeap.NEVER;
        return Verdict.HOLD;
    }

    private Verdict expiry(Segment segment, long silentNs, long holdNs, long nowNs) {
        long expiryNs = acknowledgedNs + holdNs;
        if (nowNs >= expiryNs) {
            return Verdict.EXPIRED;
        }
        long patientNs = isKnown ? TimerHeap.NEVER : quietNs() + Patience.QUIET_NS;
        if (!isKnown && patience.isLost(segment, quietNs(), nowNs)) {
            return Verdict.GIVEN_UP;
        }
        dueNs = Math.min(silentNs, Math.min(expiryNs, nowNs < patientNs ? patientNs : TimerHeap.NEVER));
        return Verdict.HOLD;
    }

    /** Since when the target has said nothing, and had everything. */
    private long quietNs() {
        return Math.max(lastPayloadNs, acknowledgedNs);
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
