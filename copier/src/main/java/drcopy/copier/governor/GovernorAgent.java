// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.governor;

import drcopy.agent.EverySeconds;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what the copier uses, asks the {@link Governor}, and sees to it that its verdict is obeyed and known. {@link #tick} is the
 * shard thread's; {@link #verdict} may be asked by any.
 */
public final class GovernorAgent {
    private static final Logger LOG = LoggerFactory.getLogger(GovernorAgent.class);
    private static final double SECOND_NS = 1e9;
    private static final double MBIT = 1e6;
    private static final int PERCENT = 100;
    /** Bytes of an Ethernet header. */
    private static final int LINK_HEADER = 14;

    private final Sources sources;
    private final Governor governor;
    private final Consumer<Verdict> obey;
    private final EverySeconds shares = new EverySeconds(10);
    private final boolean isLimited;
    private boolean isStarted;
    private long lastNs;
    private long lastCpuNs;
    private long lastBytes;
    private long lastPackets;
    private volatile Verdict verdict = Verdict.RUNNING;

    /**
     * Where usage is read.
     *
     * @param cpuNs CPU time of this process since its start
     * @param packets sent since the start
     * @param bytes of them, IP headers included
     * @param poolBytes room for payload that is held
     * @param sessions room for sessions
     */
    public record Sources(
            Ledgers ledgers,
            LongSupplier cpuNs,
            LongSupplier packets,
            LongSupplier bytes,
            long poolBytes,
            int sessions) {}

    /** @param obey puts a verdict that differs from the one before into effect */
    public GovernorAgent(Budget budget, Sources sources, Consumer<Verdict> obey) {
        this.sources = sources;
        this.obey = obey;
        governor = new Governor(budget);
        isLimited = budget.isLimited();
    }

    /** Measures and decides. To be called about once a second. */
    public void tick(long nowNs) {
        if (!isLimited) {
            return;
        }
        long cpuNs = sources.cpuNs().getAsLong();
        long packets = sources.packets().getAsLong();
        long bytes = sources.bytes().getAsLong() + LINK_HEADER * packets;
        if (isStarted && nowNs > lastNs) {
            double seconds = (nowNs - lastNs) / SECOND_NS;
            Usage usage = new Usage(
                    PERCENT * (cpuNs - lastCpuNs) / SECOND_NS / seconds,
                    (bytes - lastBytes) * Byte.SIZE / MBIT / seconds,
                    (packets - lastPackets) / seconds,
                    memoryShare());
            apply(governor.decide(usage), nowNs);
        }
        isStarted = true;
        lastNs = nowNs;
        lastCpuNs = cpuNs;
        lastBytes = bytes;
        lastPackets = packets;
    }

    private double memoryShare() {
        double held = (double) sources.ledgers().value(Ledger.Gauge.BYTES_HELD) / sources.poolBytes();
        return Math.max(held, (double) sources.ledgers().value(Ledger.Gauge.SESSIONS) / sources.sessions());
    }

    private void apply(Verdict now, long nowNs) {
        Verdict before = verdict;
        verdict = now;
        if (now.state() != before.state() || now.share() != before.share()) {
            obey.accept(now);
        }
        if (now.state() != before.state()) {
            if (now.state() == Verdict.State.RUN) {
                LOG.info("governor: {}", now.text());
            } else {
                LOG.warn("governor: {}", now.text());
            }
        } else if (now.share() != before.share() && shares.isDue(nowNs)) {
            LOG.info("governor: {}", now.text());
        }
    }

    /** What is in effect. */
    public Verdict verdict() {
        return verdict;
    }
}
