// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.agent.HostPort;
import drcopy.agent.Metrics;
import drcopy.copier.capture.CaptureFilter;
import drcopy.copier.capture.Sample;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.config.Protocols;
import drcopy.copier.config.ReplayPlan;
import drcopy.copier.config.Transfer;
import drcopy.copier.governor.GovernorAgent;
import drcopy.copier.governor.Verdict;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import drcopy.copier.metrics.CopierMetrics;
import drcopy.copier.metrics.Figures;
import drcopy.copier.mysql.MySqlCounts;
import drcopy.copier.mysql.MySqlSessions;
import drcopy.copier.offline.Replay;
import drcopy.copier.response.ClusterView;
import drcopy.copier.response.CopierIdentity;
import drcopy.copier.response.InterceptorSet;
import drcopy.copier.response.InterceptorSets;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.ProtocolAdapter;
import drcopy.copier.shard.SystemClock;
import drcopy.copier.shard.WarmUp;
import drcopy.netio.AfPacketSource;
import drcopy.netio.CaptureOptions;
import drcopy.netio.PacketSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running copier: its shards, and what decides for all of them. Built, started and closed by the command's thread.
 */
final class Copier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Copier.class);
    private static final long FIRST_WELCOME_MS = 3_000;
    /** A file can wait. */
    private static final long FIRST_WELCOME_OFFLINE_MS = 20_000;

    private static final long WARM_UP_NS = TimeUnit.MILLISECONDS.toNanos(700);

    private final CopierConfig config;
    private final Consumer<String> onFailure;
    private final LongSupplier clock = new SystemClock();
    private final Sample sample;
    private final Ledgers ledgers;
    private final Replay replay; // null when traffic is live
    private final MySqlCounts mysql = new MySqlCounts();
    private final List<CopierShard> shards = new ArrayList<>();
    private final GovernorAgent governor;
    private final Remarks remarks;
    private final PauseSwitch pauses = new PauseSwitch(this::pause);
    private final InterceptorSets interceptors;
    private final PoolMember pool; // null without -z
    private boolean wasUp;

    /**
     * Opens capture and sender; nothing runs yet.
     *
     * @param plan the file that is played instead of live traffic; null when there is none
     * @param joining makes this copier a member of its pool; gives null when there is none
     * @param onReplayed told once, when the file was played; by any thread
     * @param onFailure told one sentence, once, when the copier cannot go on; by any thread
     * @throws IllegalArgumentException for a filter or device that cannot be
     * @throws drcopy.netio.KernelException when the kernel refuses
     */
    Copier(
            CopierConfig config,
            ReplayPlan plan,
            CopierIdentity identity,
            Function<PoolMember.Parts, PoolMember> joining,
            Consumer<String> onFailure,
            Runnable onReplayed) {
        this.config = config;
        this.onFailure = onFailure;
        sample = new Sample(config.ratioPercent(), config.ramp());
        List<Ledger> books = new ArrayList<>();
        for (int i = 0; i < config.capture().shards(); i++) {
            books.add(new Ledger());
        }
        ledgers = new Ledgers(books);
        remarks = new Remarks(ledgers);
        EngineConfig limits = EngineLimits.of(config, 0);
        replay = plan == null
                ? null
                : new Replay(plan, config.transfers(), limits, books.get(0), clock, this::endSessions, onReplayed);
        List<? extends PacketSource> sources =
                replay != null ? List.of(replay) : AfPacketSource.share(captureOptions(config), books.size());
        CopierShard.Common common = new CopierShard.Common(
                identity, sample, adapters(config), clock, this::eachSecond, new Standings(), onFailure);
        for (int i = 0; i < sources.size(); i++) {
            shards.add(new CopierShard(config, EngineLimits.of(config, i), sources.get(i), books.get(i), common));
        }
        governor = new GovernorAgent(
                config.budget(),
                EngineLimits.usage(
                        config, ledgers, () -> sum(CopierShard::packetsSent), () -> sum(CopierShard::bytesSent)),
                this::obey);
        interceptors = new InterceptorSets(
                shards.stream().map(CopierShard::interceptors).toList());
        pool = joining.apply(new PoolMember.Parts(identity, interceptors, sample, this::useInstances, pauses::byPool));
    }

    private Supplier<ProtocolAdapter> adapters(CopierConfig config) {
        return config.mysql()
                .<Supplier<ProtocolAdapter>>map(users -> new MySqlSessions(users, mysql))
                .orElse(null);
    }

    private long sum(ToLongFunction<CopierShard> figure) {
        return shards.stream().mapToLong(figure).sum();
    }

    /** Shard thread, between two repetitions. */
    private void endSessions() {
        shards.get(0).endSessions();
    }

    static CaptureOptions captureOptions(CopierConfig config) {
        CopierConfig.Capture capture = config.capture();
        String filter = capture.filter() == null
                ? CaptureFilter.of(config.transfers(), config.clients(), config.protocols())
                : capture.filter();
        List<String> devices = capture.interfaces().isEmpty() ? List.of(CaptureOptions.ANY) : capture.interfaces();
        CaptureOptions options = CaptureOptions.incoming(devices, filter)
                .withBufferMiB(Math.max(1, capture.bufferMib() / rings(config) / capture.shards()));
        if (config.protocols() == Protocols.TCP_AND_UDP) {
            options = options.splittingDatagrams();
        }
        return capture.snaplen() == CopierConfig.Capture.WHOLE
                ? options.withWholePackets()
                : options.withSnaplen(capture.snaplen());
    }

    /** A family's packets have a ring of their own. */
    private static int rings(CopierConfig config) {
        List<Transfer> transfers = config.transfers().list();
        boolean one = transfers.stream().allMatch(Transfer::isIpv4)
                || transfers.stream().noneMatch(Transfer::isIpv4);
        return one && config.clients().isEmpty() ? 1 : 2;
    }

    /** Connects to the interceptors, gives them a moment to welcome us, and starts to mirror. */
    void start() throws InterruptedException {
        shards.forEach(CopierShard::start);
        if (pool != null) {
            pool.awaitFirst();
        }
        List<HostPort> first = pool == null ? config.interceptors().servers() : pool.interceptors();
        interceptors.update(new ClusterView(first));
        WarmUp.run(EngineLimits.of(config, 0), WARM_UP_NS, clock);
        if (!awaitInterceptors()) {
            LOG.warn(
                    "{} of {} interceptors are there; mirroring begins all the same",
                    figures().interceptorsUp(),
                    first.size());
            if (!config.interceptors().lonely() && figures().interceptorsUp() == 0) {
                onFailure.accept("no interceptor can be reached, and --no-lonely was given");
            }
        }
        if (replay != null && figures().interceptorsUp() == 0) {
            onFailure.accept("no interceptor can be reached, and without one no replica would get an answer");
            return;
        }
        String from = replay == null ? "live, filter " + captureOptions(config).filter() : "from a file";
        LOG.info("copying {} {}", config.transfers(), from);
        shards.forEach(CopierShard::mirror);
    }

    private boolean awaitInterceptors() throws InterruptedException {
        long patienceNs = TimeUnit.MILLISECONDS.toNanos(replay == null ? FIRST_WELCOME_MS : FIRST_WELCOME_OFFLINE_MS);
        long endNs = clock.getAsLong() + patienceNs;
        for (CopierShard shard : shards) {
            if (!shard.awaitInterceptors(TimeUnit.NANOSECONDS.toMillis(endNs - clock.getAsLong()))) {
                return false;
            }
        }
        return true;
    }

    /** Hears of interceptors for the copier. The threads of all shards call it. */
    private final class Standings implements InterceptorSet.Listener {
        @Override
        public void onStanding(int up, int members) {
            Copier.this.onStanding(members);
        }

        @Override
        public void onSuperseded(int instanceId, long epoch) {
            if (pool != null) {
                pool.superseded(instanceId, epoch);
            }
        }
    }

    /** Any thread. */
    private void useInstances(int... instanceIds) {
        shards.forEach(shard -> shard.useInstances(instanceIds));
    }

    /** Any thread. */
    private void pause(boolean isPaused) {
        shards.forEach(shard -> shard.pause(isPaused));
    }

    /** The first shard's thread. */
    private void eachSecond(long nowNs) {
        sample.tick(nowNs);
        governor.tick(nowNs);
        remarks.tick();
    }

    /** The first shard's thread. */
    private void obey(Verdict verdict) {
        sample.admit(verdict.share());
        pauses.byGovernor(verdict.state() == Verdict.State.PAUSED);
    }

    private synchronized void onStanding(int members) {
        boolean isUp = figures().interceptorsUp() > 0;
        if (wasUp && !isUp && members > 0) {
            LOG.warn("no interceptor is left; replicas wait for one");
            if (!config.interceptors().lonely()) {
                onFailure.accept("the last interceptor is gone, and --no-lonely was given");
            }
        }
        wasUp = isUp;
    }

    /** What is played instead of live traffic; null when there is none. */
    Replay replay() {
        return replay;
    }

    /** What there is to show; any thread. */
    Figures figures() {
        return new Figures(
                ledgers,
                () -> (int) sum(CopierShard::liveRoutes),
                interceptors::standings,
                this::sendErrors,
                governor::verdict,
                config.mysql().map(users -> mysql));
    }

    private Map<String, Long> sendErrors() {
        Map<String, Long> sums = new TreeMap<>();
        shards.forEach(shard -> shard.sendErrors().forEach((name, count) -> sums.merge(name, count, Long::sum)));
        return sums;
    }

    /** Everything on {@code /metrics}. */
    Metrics metrics() {
        Metrics metrics = CopierMetrics.of(figures());
        config.interceptors().tls().ifPresent(files -> metrics.certificateExpiry(files::expirySeconds));
        if (pool != null) {
            pool.register(metrics);
        }
        return metrics;
    }

    /** Why the copier does not work, a sentence; null when it does. Any thread. */
    String unhealthy() {
        return shards.stream().allMatch(CopierShard::isAlive) ? null : "a thread of it has ended, see the log";
    }

    /** Why the copier does not mirror now, a sentence; null when it does. Any thread. */
    String unready() {
        if (figures().interceptorsUp() == 0) {
            return "no interceptor is connected";
        }
        if (!shards.stream().allMatch(CopierShard::isMirroring)) {
            return "mirroring has not begun yet";
        }
        String objection = pool == null ? null : pool.objection();
        return objection == null ? unhealthy() : objection;
    }

    /** Resets the live replicas, ends streams and threads; takes about a second at most. What it showed can still be read. */
    void stop() {
        if (pool != null) {
            pool.close();
        }
        shards.forEach(CopierShard::stop);
        shards.forEach(CopierShard::awaitEnd);
        interceptors.close();
        shards.forEach(CopierShard::end);
    }

    /** {@link #stop}, if it did not happen yet, and gives back what was opened. */
    @Override
    public void close() {
        stop();
        shards.forEach(CopierShard::close);
    }
}
