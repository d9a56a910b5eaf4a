// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.copier.capture.LostFragments;
import drcopy.copier.config.ReplayPlan;
import drcopy.copier.config.Transfers;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.EngineConfig;
import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSource;
import drcopy.netio.PcapFileSource;
import java.util.function.LongSupplier;

/**
 * A capture file as the source of a shard: its packets come at the capture's own pace. It reads no further than the sessions can
 * follow, waits at the end until they are done, and begins again as often as asked. Owned by the shard thread, except what says
 * otherwise.
 */
public final class Replay implements PacketSource {
    private static final int FRAMES_PER_POLL = 4_096;
    private static final long LOOK_AGAIN_NS = 20_000_000L;
    private static final long LEAST_QUIET_NS = 1_000_000_000L;

    private final ReplayPlan plan;
    private final Ledger ledger;
    private final LongSupplier clock;
    private final Runnable endSessions;
    private final Runnable onFinished;
    private final Wanted wanted;
    private final LostFragments lost;
    private final Pressure pressure;
    private final Settlement settlement;
    private final Repetition repetition = new Repetition();
    private final ReplayFacts facts;
    private volatile PcapFileSource file;
    private FilePackets traffic;
    private Pace pace;
    private Phase phase = Phase.READING;
    private boolean hasNext;
    private long dueNs;
    private long beganNs;
    private long pausedSinceNs;
    private boolean isPaused;

    private enum Phase {
        READING,
        SETTLING,
        FINISHED
    }

    /**
     * Opens the file.
     *
     * @param limits of the engine that plays it
     * @param endSessions resets what is left of a repetition, on the shard thread
     * @param onFinished told once that all is done, on the shard thread
     * @throws IllegalArgumentException when the file cannot be replayed
     */
    public Replay(
            ReplayPlan plan,
            Transfers transfers,
            EngineConfig limits,
            Ledger ledger,
            LongSupplier clock,
            Runnable endSessions,
            Runnable onFinished) {
        this.plan = plan;
        this.ledger = ledger;
        this.clock = clock;
        this.endSessions = endSessions;
        this.onFinished = onFinished;
        wanted = new Wanted(transfers);
        lost = new LostFragments(transfers, ledger);
        pressure = Pressure.of(limits, ledger);
        settlement = new Settlement(ledger, Math.max(LEAST_QUIET_NS, limits.holdNs()), limits.sessionTimeoutNs());
        facts = new ReplayFacts(plan);
        begin();
    }

    private void begin() {
        file = new PcapFileSource(plan.file(), plan.filter()).onLost(lost);
        traffic = new FilePackets(file, wanted);
        pace = new Pace(plan.speed(), plan.skipNs());
        phase = Phase.READING;
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        long nowNs = clock.getAsLong();
        if (phase == Phase.SETTLING && settlement.isOver(nowNs)) {
            endRepetition();
        }
        int done = 0;
        for (int frames = 0; phase == Phase.READING && done < limit && frames < FRAMES_PER_POLL; frames++) {
            if (!hasNext) {
                advance(nowNs);
            } else if (dueNs > nowNs || mustWait(nowNs)) {
                break;
            } else {
                handOver(handler);
                hasNext = false;
                done++;
            }
        }
        return done;
    }

    private void handOver(PacketHandler handler) {
        if (traffic.isDamaged()) {
            traffic.handTo(handler::onUnverified);
        } else {
            repetition.shift(wanted.packet());
            traffic.handTo(handler);
        }
    }

    private void advance(long nowNs) {
        if (!traffic.next()) {
            noteEnd(nowNs);
            phase = Phase.SETTLING;
            settlement.begin(nowNs);
            return;
        }
        hasNext = wanted.transfer() != null;
        if (hasNext) {
            beganNs = wanted.matched() == 1 ? nowNs : beganNs;
            dueNs = pace.dueNs(traffic.timestampNs(), nowNs);
        }
    }

    private void noteEnd(long nowNs) {
        if (repetition.number() == 0) {
            facts.note(file, wanted, traffic.untold());
            if (wanted.matched() > 0) {
                facts.played(pace, nowNs - beganNs);
            }
        }
    }

    /** While it does, the capture's clock stands still: what waited is not caught up in a rush. */
    private boolean mustWait(long nowNs) {
        boolean mustWait = pressure.isHigh();
        if (mustWait && !isPaused) {
            ledger.count(CopierCounter.REPLAY_PAUSES);
            pausedSinceNs = nowNs;
        } else if (!mustWait && isPaused) {
            pace.postpone(nowNs - pausedSinceNs);
        }
        isPaused = mustWait;
        return mustWait;
    }

    private void endRepetition() {
        file.close();
        if (repetition.number() + 1 < plan.repetitions() && wanted.matched() > 0) {
            endSessions.run();
            repetition.next();
            begin();
        } else {
            phase = Phase.FINISHED;
            onFinished.run();
        }
    }

    /** How long there is nothing to do here, nanoseconds; 0 when there is something. */
    public long untilNextNs() {
        return switch (phase) {
            case READING -> !hasNext ? 0 : isPaused ? LOOK_AGAIN_NS : dueNs - clock.getAsLong();
            case SETTLING -> LOOK_AGAIN_NS;
            case FINISHED -> Long.MAX_VALUE;
        };
    }

    /** Share of the work that is read, 0..1. Any thread. */
    public double progress() {
        PcapFileSource reading = file;
        double part = reading.size() == 0 ? 1 : Math.min(1.0, (double) reading.position() / reading.size());
        return (repetition.number() + part) / plan.repetitions();
    }

    /** What there is to say about the file once it was read; any thread after the shard thread has ended. */
    public ReplayFacts facts() {
        return facts;
    }

    /** A file never waits: -1. */
    @Override
    public int fileDescriptor() {
        return -1;
    }

    /** A file loses nothing: 0. */
    @Override
    public long kernelDrops() {
        return 0;
    }

    @Override
    public void close() {
        file.close();
    }
}
