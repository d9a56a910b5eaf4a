// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the table of live routes, feeds every stream from it, and runs what streams report and the timers of their reconnects.
 * Owned by the shard thread, which calls {@link #doWork} in each of its cycles; only {@link #execute} may be called by any.
 */
public final class RouteLoop implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(RouteLoop.class);
    private static final int DRAIN_LIMIT = 16_384;
    /** Least time between two batches of changes, for each stream they go to: what comes meanwhile shares messages. */
    static final long SPACING_NS = 2_000_000L;
    /** The same, however many streams there are: SYN/ACKs that overtake their routes wait in the interceptor so long. */
    static final long MOST_SPACING_NS = 100_000_000L;
    /** Batches that were due in so long a time and had nothing to carry may follow each other as closely as those to one stream. */
    static final long BURST_NS = 1_000_000_000L;
    /** How long a removal waits at most for an addition to go with: nobody needs it soon. */
    static final long REMOVAL_NS = 100_000_000L;

    private static final long NEVER = Long.MAX_VALUE;

    private final RouteRing ring;
    private final Ledger ledger;
    private final LongSupplier clock;
    private final Runnable wakeUp;
    private final RouteTable table = new RouteTable();
    /** By number of the connection to each interceptor. */
    private final List<RouteShare> shares = new ArrayList<>();

    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>((a, b) -> Long.signum(a.atNs - b.atNs));
    private final RouteRing.Reader apply = new Apply();
    private final boolean isSpaced;
    private long nowNs;
    private long changesDueNs = NEVER;
    /** When batches that had always been {@link #spacingNs} apart would have the next one. */
    private long steadyNs;

    private long lastChangesNs;
    private volatile int liveRoutes;

    private record Timer(long atNs, Runnable run) {}

    /**
     * @param clock monotonic nanoseconds
     * @param wakeUp makes the shard thread begin another cycle soon; any thread
     * @param connections to each interceptor, 1..16
     */
    public RouteLoop(RouteRing ring, Ledger ledger, LongSupplier clock, Runnable wakeUp, int connections) {
        this.ring = ring;
        this.ledger = ledger;
        this.clock = clock;
        this.wakeUp = wakeUp;
        // Payload that overtakes its route is not kept: such routes go out at once.
        isSpaced = ring.payloadWanted() == 0;
        lastChangesNs = clock.getAsLong() - SPACING_NS;
        steadyNs = lastChangesNs;
        for (int i = 0; i < connections; i++) {
            shares.add(new RouteShare());
        }
    }

    /** Connections to each interceptor, 1..16. Any thread. */
    public int connections() {
        return shares.size();
    }

    /** The shard thread's counters. */
    public Ledger ledger() {
        return ledger;
    }

    /** Routes that are announced: of live replicas, and of ended ones for a while. Any thread. */
    public int liveRoutes() {
        return liveRoutes;
    }

    /** Adds a feed for one of the streams to an interceptor, 0..connections-1. */
    public RouteFeed addFeed(int connection) {
        RouteFeed feed = new RouteFeed(table, ledger, connection, connections());
        shares.get(connection).join(feed);
        return feed;
    }

    /** The stream will not come back. */
    public void removeFeed(RouteFeed feed) {
        feed.detach();
        shares.get(feed.connection()).leave(feed);
    }

    /** Runs something on the shard thread soon. Any thread. */
    @Override
    public void execute(Runnable event) {
        events.add(event);
        wakeUp.run();
    }

    /** Runs something after a while. */
    public void schedule(Runnable run, long delayNs) {
        timers.add(new Timer(clock.getAsLong() + delayNs, run));
    }

    /** Nanoseconds until {@link #doWork} is next due without a wake-up; {@code Long.MAX_VALUE} when it is not. */
    public long untilNextNs() {
        if (!events.isEmpty()) {
            return 0;
        }
        long nextNs = timers.isEmpty() ? changesDueNs : Math.min(changesDueNs, timers.peek().atNs);
        return nextNs == NEVER ? NEVER : nextNs - clock.getAsLong();
    }

    /** One cycle: routes, reports, timers, then all feeds. Never waits. Returns how much there was to do. */
    public int doWork() {
        nowNs = clock.getAsLong();
        int work = ring.drain(apply, DRAIN_LIMIT);
        work += runEvents();
        work += runTimers();
        if (nowNs >= changesDueNs) {
            changesDueNs = NEVER;
            lastChangesNs = nowNs;
            steadyNs = Math.max(steadyNs, nowNs) + spacingNs();
            shares.forEach(RouteShare::handOut);
        }
        for (int i = 0; i < shares.size(); i++) {
            shares.get(i).flush();
        }
        if (liveRoutes != table.size()) {
            liveRoutes = table.size();
        }
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
        if (timers.isEmpty()) {
            return 0;
        }
        int count = 0;
        while (!timers.isEmpty() && timers.peek().atNs - nowNs <= 0) {
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
            LOG.error("fault in a report of a stream, contained", e);
        }
    }

    private long spacingNs() {
        return isSpaced ? Math.min(SPACING_NS * shares.get(0).feeds() * shares.size(), MOST_SPACING_NS) : 0;
    }

    private long nextChangesNs() {
        return isSpaced ? Math.max(lastChangesNs + SPACING_NS, steadyNs - BURST_NS) : nowNs;
    }

    private RouteShare share(long routeId) {
        return shares.get(RouteRecord.connection(routeId, shares.size()));
    }

    private final class Apply implements RouteRing.Reader {
        @Override
        public void onAdd(ByteBuffer records, int at) {
            changesDueNs = Math.min(changesDueNs, nextChangesNs());
            table.put(records, at);
            share(RouteRecord.routeId(records, at)).add(records, at);
        }

        @Override
        public void onRemove(long routeId) {
            if (table.remove(routeId)) {
                changesDueNs = Math.min(changesDueNs, nowNs + REMOVAL_NS);
                share(routeId).remove(routeId);
            }
        }
    }
}
