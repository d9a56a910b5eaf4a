// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.Seq;

/**
 * Round-trip estimation and the retransmission timeout of RFC 6298, all in nanoseconds. One segment is timed at a time, never
 * a retransmitted one (Karn). Differs from RFC 6298: the floor is 200 ms as in Linux (TCP_RTO_MIN) and the ceiling 8 s,
 * because a mirror that waits a minute after a repair is no use.
 */
final class RetransmitTimer {
    static final long INITIAL_RTO_NS = 1_000_000_000L;
    static final long MIN_RTO_NS = 200_000_000L;
    static final long MAX_RTO_NS = 8_000_000_000L;
    /** Least delay of a tail-loss probe: 30 round trips of a lab, less than what a person or a peer notices. */
    static final long MIN_PTO_NS = 10_000_000L;

    private static final int MOST_PTO_DOUBLINGS = 6;
    /** Differs from RFC 6298 (5.5): a SYN is repeated every 4 s at least. */
    static final long MAX_SYN_RTO_NS = 4_000_000_000L;

    private long srttNs;
    private long rttvarNs;
    private long rtoNs = INITIAL_RTO_NS;
    private int backoff;
    private int ptoDoublings;
    private boolean isTiming;
    private int timedEnd;
    private long timedSinceNs;

    /** Smoothed round-trip time; 0 before the first measurement. */
    long srttNs() {
        return srttNs;
    }

    /** The timeout to arm now, backed off. */
    long rtoNs() {
        return Math.min(MAX_RTO_NS, rtoNs << backoff);
    }

    /**
     * After this long without an acknowledgment a probe is due, RFC 8985 7.2; at least {@link #rtoNs} when none is. Differs from
     * RFC 8985: what it adds for a target that delays its acknowledgments is learnt. Each probe doubles the delay until an
     * acknowledgment comes before the first would be due, so that a target that always takes longer is not probed for ever.
     */
    long ptoNs() {
        if (srttNs == 0 || backoff > 0) {
            return rtoNs();
        }
        return Math.min(rtoNs(), leastPtoNs() << ptoDoublings);
    }

    private long leastPtoNs() {
        return Math.max(MIN_PTO_NS, 2 * srttNs);
    }

    /** A probe has gone out. */
    void probed() {
        ptoDoublings = Math.min(MOST_PTO_DOUBLINGS, ptoDoublings + 1);
    }

    /** The timeout of a SYN. */
    long synRtoNs() {
        return Math.min(MAX_SYN_RTO_NS, INITIAL_RTO_NS << backoff);
    }

    /** The timer has expired: RFC 6298 (5.5). */
    void backOff() {
        isTiming = false;
        backoff = Math.min(6, backoff + 1);
    }

    /** How often the timer has expired since the last acknowledgment, 6 for more. */
    int expiries() {
        return backoff;
    }

    /** The timer has expired since the last acknowledgment. */
    boolean isBackedOff() {
        return backoff > 0;
    }

    void forgetBackoff() {
        backoff = 0;
    }

    /** What is armed from now on waits no longer than {@code mostNs}, or than it would without backoff. */
    void easeBackoff(long mostNs) {
        while (backoff > 0 && rtoNs << backoff > mostNs) {
            backoff--;
        }
    }

    /** New data that ends before {@code end} was sent. */
    void sent(int end, long nowNs) {
        if (!isTiming) {
            isTiming = true;
            timedEnd = end;
            timedSinceNs = nowNs;
        }
    }

    /** Something was sent again: what is being timed could be answered by either copy. */
    void retransmitted() {
        isTiming = false;
    }

    /** New data was acknowledged up to {@code ack}. */
    void acknowledged(int ack, long nowNs) {
        if (isTiming && Seq.greaterOrEqual(ack, timedEnd)) {
            isTiming = false;
            sample(nowNs - timedSinceNs);
        }
        backoff = 0;
    }

    /** RFC 6298 (2.2) and (2.3). */
    void sample(long rttNs) {
        if (rttNs <= leastPtoNs()) {
            ptoDoublings = 0;
        }
        if (srttNs == 0) {
            srttNs = Math.max(1, rttNs);
            rttvarNs = rttNs / 2;
        } else {
            rttvarNs += (Math.abs(srttNs - rttNs) - rttvarNs) / 4;
            srttNs = Math.max(1, srttNs + (rttNs - srttNs) / 8);
        }
        rtoNs = Math.min(MAX_RTO_NS, Math.max(MIN_RTO_NS, srttNs + Math.max(1_000_000L, 4 * rttvarNs)));
    }
}
