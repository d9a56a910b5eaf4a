// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code routes} thread: keeps the table of live routes, feeds every stream from it, and runs what streams report and the
 * timers of their reconnects. {@link #execute} and {@link #wake} may be called by any thread, everything else by its own.
 */
public final class RouteLoop implements Runnable, Executor {
    private static final Logger LOG = LoggerFactory.getLogger(RouteLoop.class);
    private static final int DRAIN_LIMIT = 1024;

    private final RouteRing ring;
    private final Ledger ledger;
    private final LongSupplier clock;
    private final RouteTable table = new RouteTable();
    private final List<RouteFeed> feeds = new ArrayList<>();
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>((a, b) -> Long.signum(a.atNs - b.atNs));
    private final AtomicBoolean isAsleep = new AtomicBoolean();
    private final RouteRing.Reader apply = new Apply();
    private volatile Thread thread;
    private volatile boolean isStopped;
    private volatile int liveRoutes;

    private record Timer(long atNs, Runnable run) {}

    /**
     * @param ledger this thread's own; it is the only writer
     * @param clock monotonic nanoseconds
     */
    public RouteLoop(RouteRing ring, Ledger ledger, LongSupplier clock) {
        this.ring = ring;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** This thread's counters. */
    public Ledger ledger() {
        return ledger;
    }

    /** Routes of live replicas. Any thread. */
    public int liveRoutes() {
        return liveRoutes;
    }

    /** Adds a feed for one of the {@code connections} streams to an interceptor. */
    public RouteFeed addFeed(int connection, int connections) {
        RouteFeed feed = new RouteFeed(table, ledger, connection, connections);
        feeds.add(feed);
        return feed;
    }

    /** The stream will not come back. */
    public void removeFeed(RouteFeed feed) {
        feed.detach();
        feeds.remove(feed);
    }

    /** Runs something on this thread soon. Any thread. */
    @Override
    public void execute(Runnable event) {
        events.add(event);
        wake();
    }

    /** Runs something on this thread after a while. This thread only. */
    public void schedule(Runnable run, long delayNs) {
        timers.add(new Timer(clock.getAsLong() + delayNs, run));
    }

    /** A stream became ready. Any thread. */
    public void onReady() {
        execute(this::lookAgain);
    }

    /** Nothing of its own: every cycle flushes the feeds. */
    private void lookAgain() {}

    /** Ends the sleep, if there is one: routes wait in the ring. Any thread. */
    public void wake() {
        // execute and RouteRing.flush end in a release; the flag must not be read before it is seen.
        VarHandle.fullFence();
        if (isAsleep.get() && isAsleep.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    /** Ends {@link #run}. Any thread. */
    public void stop() {
        isStopped = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        while (!isStopped) {
            if (doWork() == 0) {
                sleep();
            }
        }
        doWork();
    }

    /** One cycle: routes, reports, timers, then all feeds. Returns how much there was to do. */
    int doWork() {
        int work = ring.drain(apply, DRAIN_LIMIT);
        work += runEvents();
        work += runTimers();
        for (RouteFeed feed : feeds) {
            feed.flush();
        }
        liveRoutes = table.size();
        return work;
    }

    private int runEvents() {
        int count = 0;
        for (Runnable event = events.poll(); event != null; event = events.poll()) {
            runSafely(event);
            count++;
        }
        return count;
    }

    private int runTimers() {
        int count = 0;
        long now = clock.getAsLong();
        while (!timers.isEmpty() && timers.peek().atNs - now <= 0) {
            runSafely(timers.poll().run);
            count++;
        }
        return count;
    }

    /** A fault of ours in one stream's report must not end the feeding of the others. */
    private void runSafely(Runnable run) {
        try {
            run.run();
        } catch (RuntimeException e) {
            ledger.count(CopierCounter.INTERNAL_ERRORS);
            LOG.error("fault in the routes thread", e);
        }
    }

    private void sleep() {
        isAsleep.set(true);
        if (ring.isEmpty() && events.isEmpty() && !isStopped) {
            if (timers.isEmpty()) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, timers.peek().atNs - clock.getAsLong());
            }
        }
        isAsleep.set(false);
    }

    private final class Apply implements RouteRing.Reader {
        @Override
        public void onAdd(ByteBuffer records, int at) {
            table.put(records, at);
            for (RouteFeed feed : feeds) {
                feed.onAdd(records, at);
            }
        }

        @Override
        public void onRemove(long routeId) {
            if (table.remove(routeId)) {
                for (RouteFeed feed : feeds) {
                    feed.onRemove(routeId);
                }
            }
        }
    }
}
