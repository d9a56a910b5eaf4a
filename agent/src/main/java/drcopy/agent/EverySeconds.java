// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * A warning that may come a million times a second and is logged once every few seconds, with the number of those it stands for.
 * Any thread; costs one atomic update when it stays silent.
 */
public final class EverySeconds {
    private static final long NEVER = Long.MIN_VALUE;

    private final long intervalNs;
    private final AtomicLong lastNs = new AtomicLong(NEVER);
    private final AtomicLong suppressed = new AtomicLong();

    /** @param seconds shortest time between two lines, 1 or more */
    public EverySeconds(int seconds) {
        intervalNs = seconds * 1_000_000_000L;
    }

    /**
     * Whether a line is due; if not, counts the one that is left out.
     *
     * @param nowNs the caller's clock, {@code System.nanoTime()} as a rule
     */
    public boolean isDue(long nowNs) {
        long last = lastNs.get();
        boolean due = (last == NEVER || nowNs - last >= intervalNs) && lastNs.compareAndSet(last, nowNs);
        if (!due) {
            suppressed.incrementAndGet();
        }
        return due;
    }

    /** Lines left out since the last call. */
    public long takeSuppressed() {
        return suppressed.getAndSet(0);
    }

    /** Logs at WARN when a line is due. */
    public void warn(Logger log, long nowNs, String format, Object... arguments) {
        if (isDue(nowNs)) {
            long more = takeSuppressed();
            log.warn(more == 0 ? format : format + " (and " + more + " more like it before)", arguments);
        }
    }
}
