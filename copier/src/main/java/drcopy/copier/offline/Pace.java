// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

/**
 * When captured packets are due: as far apart as they were captured, divided by the speed, without the gaps that are longer
 * than wanted, and later by the time that reading was paused. Times in nanoseconds; the capture's clock and ours are not the
 * same. Owned by one thread.
 */
final class Pace {
    private final double speed;
    private final long skipNs;
    private boolean isStarted;
    private long startNs;
    private long lastCapturedNs;
    private long elapsedNs;
    private long skippedNs;

    /**
     * @param speed 1 or more
     * @param skipNs longer gaps are left out
     */
    Pace(double speed, long skipNs) {
        this.speed = speed;
        this.skipNs = skipNs;
    }

    /**
     * When the next packet is due. Once for each, in the order of the file; one that was captured before its predecessor is due
     * with it.
     *
     * @param capturedNs on the capture's clock
     * @param nowNs on ours: the first packet is due at once
     */
    long dueNs(long capturedNs, long nowNs) {
        if (!isStarted) {
            isStarted = true;
            startNs = nowNs;
            lastCapturedNs = capturedNs;
        }
        long gapNs = capturedNs - lastCapturedNs;
        if (gapNs > skipNs) {
            skippedNs += gapNs;
        } else if (gapNs > 0) {
            elapsedNs += gapNs;
        }
        lastCapturedNs = Math.max(lastCapturedNs, capturedNs);
        return startNs + (long) (elapsedNs / speed);
    }

    /** Everything that follows is due later. */
    void postpone(long byNs) {
        startNs += byNs;
    }

    /** Time of the capture from the first packet to the last, what was left out included. */
    long spanNs() {
        return elapsedNs + skippedNs;
    }

    /** Time of the capture that was left out. */
    long skippedNs() {
        return skippedNs;
    }
}
