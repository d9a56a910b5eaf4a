// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.stream.ServingLoop;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the agent on the serving loop, and reports its death. Its methods are called on that loop's thread. */
public final class DiversionDriver implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DiversionDriver.class);

    private final DiversionAgent agent;
    private final ServingLoop loop;
    private final LongSupplier nanoClock;
    private final Consumer<Throwable> onDeath;
    private boolean isDead;

    /** @param onDeath called when the agent fails as a whole; the diversion stays in place and the process should end */
    public DiversionDriver(
            DiversionAgent agent, ServingLoop loop, LongSupplier nanoClock, Consumer<Throwable> onDeath) {
        this.agent = agent;
        this.loop = loop;
        this.nanoClock = nanoClock;
        this.onDeath = onDeath;
    }

    /** One duty cycle. */
    @Override
    public void run() {
        if (isDead) {
            return;
        }
        try {
            long nowNs = nanoClock.getAsLong();
            agent.doWork(nowNs);
            loop.rest(agent.restNs(nanoClock.getAsLong()));
            if (agent.hasMore()) {
                loop.wakeUp();
            } else if (agent.dueNs() != DiversionAgent.NEVER) {
                loop.wakeUpIn(agent.dueNs() - nowNs);
            }
        } catch (RuntimeException | Error e) {
            isDead = true;
            LOG.error("The diversion thread failed; the diversion stays in place", e);
            onDeath.accept(e);
        }
    }
}
