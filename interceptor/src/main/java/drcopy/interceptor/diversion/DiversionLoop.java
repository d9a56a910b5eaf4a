// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.netio.Poller;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The diversion thread: calls the agent as long as there is work, else sleeps until a packet, a wake-up or the agent's deadline.
 * The thread that calls {@link #run} is the diversion thread.
 */
public final class DiversionLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DiversionLoop.class);

    private final DiversionAgent agent;
    private final Poller poller;
    private final LongSupplier nanoClock;
    private final Consumer<Throwable> onDeath;
    private volatile boolean isRunning = true;

    /**
     * @param poller watches the agent's source; the stream inbox wakes it
     * @param onDeath called when the agent fails as a whole; the diversion stays closed and the process should end
     */
    public DiversionLoop(DiversionAgent agent, Poller poller, LongSupplier nanoClock, Consumer<Throwable> onDeath) {
        this.agent = agent;
        this.poller = poller;
        this.nanoClock = nanoClock;
        this.onDeath = onDeath;
    }

    @Override
    public void run() {
        try {
            while (isRunning) {
                long nowNs = nanoClock.getAsLong();
                if (agent.doWork(nowNs) == 0) {
                    poller.await(agent.nextDeadlineNs() - nowNs);
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The diversion thread failed; the diversion stays in place", e);
            onDeath.accept(e);
        }
    }

    /** Makes {@link #run} return soon. Any thread. */
    public void stop() {
        isRunning = false;
        poller.wakeUp();
    }
}
