// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import drcopy.agent.EverySeconds;
import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.site.Site;
import drcopy.interceptor.stream.InterceptionService;
import drcopy.netio.Poller;
import drcopy.netio.RuleWatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that verifies the diversion every few seconds, and at once when the kernel tells that somebody changed its rules;
 * and ends calls that never say Hello. Any thread starts and closes it.
 */
final class Guard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final long TICK_NS = 1_000_000_000L;
    private static final long VERIFY_NS = 3 * TICK_NS;
    /** At most five verifications a second, however often rules of others change. */
    private static final long PAUSE_NS = TICK_NS / 5;

    private static final int SECONDS_BETWEEN_WARNINGS = 10;

    private final Site site;
    private final InterceptionService service;
    private final InterceptorCounters counters;
    private final EverySeconds failures = new EverySeconds(SECONDS_BETWEEN_WARNINGS);
    /** Null where there are no rules. */
    private final RuleWatch changes;

    private final Poller ticks;
    private final Poller pauses = new Poller();
    private final Thread thread = new Thread(this::run, "guard");
    private volatile boolean isRunning = true;
    private volatile String objection;

    Guard(Site site, InterceptionService service, InterceptorCounters counters) {
        this.site = site;
        this.service = service;
        this.counters = counters;
        changes = site.hasRules() ? new RuleWatch() : null;
        ticks = changes == null ? new Poller() : new Poller(changes.fileDescriptors());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        long verifiedAt = System.nanoTime();
        while (isRunning) {
            ticks.await(TICK_NS);
            long now = System.nanoTime();
            service.expireSilent(now);
            boolean hasChanged = changes != null && changes.hasChanged();
            if (isRunning && (hasChanged || now - verifiedAt >= VERIFY_NS)) {
                verifiedAt = now;
                verify();
                // Our own repair is heard of, too; the look that follows it finds nothing and ends it.
                pauses.await(PAUSE_NS);
            }
        }
        release();
    }

    private void release() {
        if (changes != null) {
            changes.close();
        }
        ticks.close();
        pauses.close();
    }

    private void verify() {
        counters.count(InterceptorCounter.RULE_CHECKS);
        try {
            String repaired = site.guard();
            objection = null;
            if (repaired != null) {
                counters.count(InterceptorCounter.RULE_REPAIRS);
                LOG.warn("The diversion was damaged and is put right: {}", repaired);
            }
        } catch (RuntimeException e) {
            counters.count(InterceptorCounter.RULE_FAILURES);
            objection = "the diversion cannot be verified: " + e.getMessage();
            failures.warn(LOG, System.nanoTime(), "The diversion cannot be verified or put right: {}", e.getMessage());
        }
    }

    /** Why the diversion is not known to be in place; null when it is. Any thread. */
    String objection() {
        return objection;
    }

    @Override
    public void close() {
        isRunning = false;
        ticks.wakeUp();
        pauses.wakeUp();
    }
}
