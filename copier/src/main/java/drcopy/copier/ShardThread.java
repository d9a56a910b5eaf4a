// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.copier.ledger.Ledger;
import drcopy.copier.response.StreamLoop;
import drcopy.copier.route.RouteLoop;
import drcopy.copier.route.RouteRing;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard's thread, and what it serves from its start to its end: the streams to the interceptors. They are there before it
 * mirrors, and for as long as its last resets are on their way. Methods say which thread calls them.
 */
final class ShardThread {
    private static final Logger LOG = LoggerFactory.getLogger(ShardThread.class);
    private static final long STOP_MS = 1_000;

    private final Thread thread;
    private final StreamLoop streams;
    private final RouteLoop routes;
    private final CountDownLatch farewell = new CountDownLatch(1);
    private volatile Runnable shard;
    private volatile boolean isStopping;
    private volatile boolean isReleased;

    /**
     * @param number of the shard
     * @param ring what the engine announces
     * @param clock monotonic nanoseconds
     * @param connections to each interceptor, 1..16
     * @param onDeath told one sentence when the thread cannot go on; by the thread itself
     */
    ShardThread(
            int number, RouteRing ring, Ledger ledger, LongSupplier clock, int connections, Consumer<String> onDeath) {
        thread = new Thread(this::run, "shard-" + number);
        streams = new StreamLoop(thread);
        routes = new RouteLoop(ring, ledger, clock, streams::wakeUp, connections);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> {
            LOG.error("thread {} ended", t.getName(), e);
            onDeath.accept("thread " + t.getName() + " ended: " + e);
        });
    }

    StreamLoop streams() {
        return streams;
    }

    RouteLoop routes() {
        return routes;
    }

    /** Any thread. */
    boolean isAlive() {
        return thread.isAlive();
    }

    /** Begins to serve the streams. The owner, once. */
    void start() {
        thread.start();
    }

    /**
     * Has the shard run from now on. The owner, once.
     *
     * @param run returns when it was told to stop
     */
    void mirror(Runnable run) {
        shard = run;
        streams.wakeUp();
    }

    private void run() {
        serveUntil(() -> shard != null || isStopping);
        if (shard != null) {
            shard.run();
        }
        farewell.countDown();
        serveUntil(() -> isReleased);
        streams.close();
    }

    private void serveUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            serve();
            await(Long.MAX_VALUE);
        }
        serve();
    }

    /** Hands on routes and runs what streams reported. Never waits. This thread, in each of the shard's cycles. */
    void serve() {
        routes.doWork();
        streams.flush();
    }

    /** Waits for packets, streams or a wake-up, at most so long; 0 or less only looks. This thread. */
    void await(long timeoutNs) {
        streams.await(Math.min(timeoutNs, routes.untilNextNs()));
    }

    /** Waits for the shard's end, which somebody has told it to come to, for about a second. The owner. */
    void awaitShard() {
        isStopping = true;
        streams.wakeUp();
        try {
            if (thread.isAlive() && !farewell.await(STOP_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("thread {} does not come to its end", thread.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs what the streams were told last, and ends them and the thread, in about a second. The owner. */
    void close() {
        isReleased = true;
        streams.wakeUp();
        try {
            thread.join(STOP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
