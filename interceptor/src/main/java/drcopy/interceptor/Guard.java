// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import drcopy.agent.EverySeconds;
import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.site.Site;
import drcopy.interceptor.stream.InterceptionService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that verifies the diversion every few seconds and ends calls that never say Hello. Any thread starts and closes it. */
final class Guard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final long VERIFY_SECONDS = 3;
    private static final int SECONDS_BETWEEN_WARNINGS = 10;

    private final Site site;
    private final InterceptionService service;
    private final InterceptorCounters counters;
    private final EverySeconds failures = new EverySeconds(SECONDS_BETWEEN_WARNINGS);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "guard");
        thread.setDaemon(true);
        return thread;
    });
    private long ticks;
    private volatile String objection;

    Guard(Site site, InterceptionService service, InterceptorCounters counters) {
        this.site = site;
        this.service = service;
        this.counters = counters;
    }

    void start() {
        var unused = timer.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    private void tick() {
        service.expireSilent(System.nanoTime());
        if (++ticks % VERIFY_SECONDS == 0) {
            verify();
        }
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
        timer.shutdownNow();
    }
}
