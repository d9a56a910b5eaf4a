// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The time of day in nanoseconds since 1970, at the price of the monotonic clock: it is set by the system's clock once a second.
 * Owned by one thread.
 */
public final class EpochClock implements LongSupplier {
    private static final long SET_EVERY_NS = 1_000_000_000L;

    private final LongSupplier nanoClock;
    private long setAtNs;
    private long offsetNs;

    /** @param nanoClock the monotonic clock */
    public EpochClock(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        set(nanoClock.getAsLong());
    }

    @Override
    public long getAsLong() {
        long nowNs = nanoClock.getAsLong();
        if (nowNs - setAtNs >= SET_EVERY_NS) {
            set(nowNs);
        }
        return nowNs + offsetNs;
    }

    private void set(long nowNs) {
        Instant now = Instant.now();
        setAtNs = nowNs;
        offsetNs = now.getEpochSecond() * 1_000_000_000L + now.getNano() - nowNs;
    }
}
