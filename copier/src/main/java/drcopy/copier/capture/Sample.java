// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import java.time.Duration;

/**
 * Which sessions are copied, by a hash of their key: the same ones on every copier and after every restart. The share can be
 * changed at any time: it decides over sessions that begin, those under way go on. It may grow from nothing to its full size over a
 * ramp. {@link #tick} is the shard thread's; everything else is for any thread.
 */
public final class Sample {
    /** Hashes are compared by so many of their upper bits. */
    private static final int BITS = 31;

    private final long rampNs;
    private long startNs;
    private boolean isStarted;
    private volatile int percent;
    /** How far the ramp has come, 0..1. */
    private volatile double progress;
    /** The part of the sample that new sessions are taken up from, 0..1. */
    private volatile double admitted = 1;

    /**
     * @param percent share of the sessions, 0..100
     * @param ramp how long it takes to grow to that; zero for at once
     */
    public Sample(int percent, Duration ramp) {
        this.rampNs = ramp.toNanos();
        this.progress = ramp.isZero() ? 1 : 0;
        setPercent(percent);
    }

    /** The share of the sessions that begin from now on, 0..100; 0 takes up none. */
    public void setPercent(int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("percent " + percent + " must be 0..100");
        }
        this.percent = percent;
    }

    public int percent() {
        return percent;
    }

    /** Moves the ramp on; it begins with the first call. To be called about once a second. */
    public void tick(long nowNs) {
        if (!isStarted) {
            isStarted = true;
            startNs = nowNs;
        }
        if (progress < 1) {
            progress = Math.min(1, (double) (nowNs - startNs) / rampNs);
        }
    }

    /** New sessions are taken up from this part of the sample, 0..1, in the order of hashes: what was in a smaller part is in a larger one. */
    public void admit(double share) {
        admitted = share;
    }

    /** Whether a new session is left out although the sample contains it. */
    public boolean isShed(long hash) {
        double part = admitted;
        return part < 1 && (hash >>> 64 - BITS) * 100 >= percent * progress * part * (1L << BITS);
    }

    /** @param hash well mixed: {@link drcopy.wire.FlowKey#stableHash} */
    public boolean contains(long hash) {
        return (hash >>> 64 - BITS) * 100 < percent * progress * (1L << BITS);
    }
}
