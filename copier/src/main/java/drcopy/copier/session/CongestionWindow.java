// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.Seq;

/**
 * Congestion control toward the target, in bytes: RFC 5681 with the initial window of RFC 6928, byte counting (RFC 3465, L = 2)
 * and NewReno recovery (RFC 6582). The window grows only while it is what limits the sender.
 */
final class CongestionWindow {
    private static final int DUPLICATES_FOR_RECOVERY = 3;
    private static final int MOST = 1 << 30;

    private int mss = 536;
    private int window;
    private int threshold = MOST;
    private int acknowledgedInAvoidance;
    private int duplicates;
    private boolean isRecovering;
    private int recover;

    /** The connection is established; {@code mss} is the payload of a full segment. */
    void start(int mss) {
        this.mss = mss;
        window = Math.min(10 * mss, Math.max(2 * mss, 14_600));
    }

    /** Bytes that may be in flight. */
    int window() {
        return window;
    }

    boolean isRecovering() {
        return isRecovering;
    }

    /**
     * New data is acknowledged.
     *
     * @param flight bytes in flight before this acknowledgment
     * @return true when the first unacknowledged segment is to be sent again (a partial acknowledgment in recovery)
     */
    boolean onNewAck(int ack, int acknowledged, int flight) {
        duplicates = 0;
        if (isRecovering) {
            if (Seq.greaterOrEqual(ack, recover)) {
                isRecovering = false;
                window = Math.min(threshold, Math.max(flight - acknowledged, mss) + mss);
                return false;
            }
            window = Math.max(mss, window - acknowledged + mss);
            return true;
        }
        if (2L * flight >= window) {
            grow(acknowledged);
        }
        return false;
    }

    private void grow(int acknowledged) {
        if (window < threshold) {
            window = Math.min(MOST, window + Math.min(acknowledged, 2 * mss));
            return;
        }
        acknowledgedInAvoidance += acknowledged;
        if (acknowledgedInAvoidance >= window) {
            acknowledgedInAvoidance -= window;
            window = Math.min(MOST, window + mss);
        }
    }

    /**
     * A duplicate acknowledgment.
     *
     * @param sndMax end of what was sent so far
     * @return true on the third: the first unacknowledged segment is to be sent again
     */
    boolean onDuplicateAck(int ack, int sndMax, int flight) {
        duplicates++;
        if (isRecovering) {
            window = Math.min(MOST, window + mss);
            return false;
        }
        // RFC 6582 3.2 step 2: no second reduction for losses of the window that is being repaired.
        if (duplicates != DUPLICATES_FOR_RECOVERY || recover != 0 && Seq.lessThan(ack, recover)) {
            return false;
        }
        isRecovering = true;
        recover = sndMax;
        threshold = Math.max(flight / 2, 2 * mss);
        window = threshold + DUPLICATES_FOR_RECOVERY * mss;
        return true;
    }

    /** A tail-loss probe goes out: RFC 8985 7.4, but only a window that limited the sender can have been too wide. */
    void onProbe(int flight) {
        if (!isRecovering && 2L * flight >= window) {
            threshold = Math.max(flight / 2, 2 * mss);
            window = Math.min(window, threshold);
        }
    }

    /** The retransmission timer has expired: RFC 5681 3.1 equation 4, one segment to begin with. */
    void onTimeout(int sndMax, int flight) {
        threshold = Math.max(flight / 2, 2 * mss);
        window = mss;
        acknowledgedInAvoidance = 0;
        duplicates = 0;
        isRecovering = false;
        recover = sndMax;
    }
}
