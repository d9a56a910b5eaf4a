// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import drcopy.agent.EverySeconds;
import drcopy.coordinator.zk.AwayException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code cluster} thread: does its round every second, and soon after each event. What ZooKeeper refuses or does not answer is
 * tried again in the next round.
 */
final class KeepingThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeepingThread.class);
    private static final long ROUND_MS = 1_000;
    private static final long CLOSE_SECONDS = 4;

    private final EverySeconds complaints = new EverySeconds(30);
    private final AtomicBoolean isDue = new AtomicBoolean();
    private final Runnable round;
    private volatile boolean isStarted;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "cluster");
        made.setDaemon(true);
        return made;
    });

    KeepingThread(Runnable round) {
        this.round = round;
    }

    /** Begins; events before it are not waited for, the first round sees what they brought. */
    void start() {
        isStarted = true;
        var unused = thread.scheduleWithFixedDelay(this::run, 0, ROUND_MS, TimeUnit.MILLISECONDS);
    }

    /** Has a round done soon. Any thread; never blocks. */
    void wake() {
        if (isStarted && isDue.compareAndSet(false, true)) {
            execute(this::run);
        }
    }

    /** Runs something on the thread. Any thread; never blocks. */
    void execute(Runnable task) {
        try {
            thread.execute(() -> contain(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("closed already", e);
        }
    }

    private void run() {
        isDue.set(false);
        contain(round);
    }

    private void contain(Runnable task) {
        try {
            task.run();
        } catch (AwayException e) {
            complaints.warn(LOG, System.nanoTime(), "ZooKeeper: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("fault in the cluster thread, contained", e);
        }
    }

    /** Ends after the round at hand. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
