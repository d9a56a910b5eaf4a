// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import drcopy.agent.EverySeconds;
import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.metrics.InterceptorGauge;
import drcopy.interceptor.site.Site;
import drcopy.interceptor.stream.InterceptionService;
import drcopy.netio.Poller;
import drcopy.netio.RuleWatch;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that verifies the diversion every few seconds, or twice a minute where the kernel tells of all changes, and at once when the kernel says that rules or devices changed; it also
 * ends calls that never say Hello. Any thread starts and closes it.
 */
final class Guard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long VERIFY_NS = 3 * SECOND_NS;
    /** A verification starts some programs, which cost as much as 200 responses; what the kernel tells needs none in between. */
    private static final long VERIFY_WATCHED_NS = 30 * SECOND_NS;
    /** A verification runs programs; on a host whose rules change all the time it must not run all the time. */
    private static final long SHORTEST_PAUSE_NS = SECOND_NS / 4;

    private static final int SECONDS_BETWEEN_WARNINGS = 10;
    private static final long JOIN_MS = 1000;

    private final Site site;
    private final InterceptionService service;
    private final InterceptorCounters counters;
    private final EverySeconds failures = new EverySeconds(SECONDS_BETWEEN_WARNINGS);
    private final RuleWatch watch = new RuleWatch();
    private final Poller poller = new Poller(watch.fileDescriptors());
    private final Thread thread = new Thread(this::run, "guard");
    private volatile boolean isRunning = true;
    private volatile String objection;
    private long verifiedNs;

    Guard(Site site, InterceptionService service, InterceptorCounters counters) {
        this.site = site;
        this.service = service;
        this.counters = counters;
        thread.setDaemon(true);
    }

    void start() {
        counters.set(InterceptorGauge.UNGUARDED_DEVICES, site.unguardedDevices());
        thread.start();
    }

    private void run() {
        long periodNs = site.isWatched() ? VERIFY_WATCHED_NS : VERIFY_NS;
        verifiedNs = System.nanoTime();
        while (isRunning) {
            poller.await(SECOND_NS);
            long pauseNs = verifiedNs + SHORTEST_PAUSE_NS - System.nanoTime();
            if (pauseNs > 0) {
                LockSupport.parkNanos(this, pauseNs);
            }
            long nowNs = System.nanoTime();
            service.expireSilent(nowNs);
            if (isRunning && (watch.hasChanged() || nowNs - verifiedNs >= periodNs)) {
                verify();
                verifiedNs = System.nanoTime();
            }
        }
    }

    private void verify() {
        counters.count(InterceptorCounter.RULE_CHECKS);
        try {
            String repaired = site.guard();
            counters.set(InterceptorGauge.UNGUARDED_DEVICES, site.unguardedDevices());
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
        poller.wakeUp();
        try {
            thread.join(JOIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive()) {
            poller.close();
            watch.close();
        }
    }
}
