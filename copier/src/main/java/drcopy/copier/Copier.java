// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.agent.HostPort;
import drcopy.agent.Metrics;
import drcopy.copier.capture.CaptureFilter;
import drcopy.copier.capture.CaptureStage;
import drcopy.copier.capture.OnlineStage;
import drcopy.copier.capture.Sample;
import drcopy.copier.capture.SegmentHandler;
import drcopy.copier.capture.TwoWaySource;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.config.Protocols;
import drcopy.copier.config.ReplayPlan;
import drcopy.copier.config.Transfer;
import drcopy.copier.datagram.DatagramReplicator;
import drcopy.copier.egress.Egress;
import drcopy.copier.egress.EngineSink;
import drcopy.copier.governor.GovernorAgent;
import drcopy.copier.governor.Verdict;
import drcopy.copier.ledger.CopierCounter;
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
import drcopy.copier.route.RouteRing;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.ProtocolAdapter;
import drcopy.copier.session.SessionEngine;
import drcopy.copier.shard.ShardAgent;
import drcopy.copier.shard.ShardInbox;
import drcopy.copier.shard.ShardParts;
import drcopy.copier.shard.SystemClock;
import drcopy.copier.shard.WarmUp;
import drcopy.netio.AfPacketSource;
import drcopy.netio.CaptureOptions;
import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSource;
import drcopy.wire.FlowKey;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All parts of a running copier and its thread: {@code shard-0} captures, runs the engine, sends, and serves the streams to the
 * interceptors. Built, started and closed by the command's thread.
 */
final class Copier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Copier.class);
    private static final int ROUTE_RING_RECORDS = 16_384;
    private static final long FIRST_WELCOME_MS = 3_000;
    /** A file can wait. */
    private static final long FIRST_WELCOME_OFFLINE_MS = 20_000;

    private static final long WARM_UP_NS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final long REATTACH_SECONDS = 2;
    private static final PacketHandler NOBODY = (buffer, offset, captured, length, timestampNs) -> {};

    private final CopierConfig config;
    private final Consumer<String> onFailure;
    private final LongSupplier clock = new SystemClock();
    private final Ledger ledger = new Ledger();
    private final Sample sample;
    private final RouteRing routes;
    private final CountDownLatch firstAttempts = new CountDownLatch(1);
    private final Replay replay; // null when traffic is live
    private final MySqlCounts mysql = new MySqlCounts();
    private final PacketSource source;
    private final List<TwoWaySource.Way> online; // what online answers, when somebody needs it
    private final Egress egress;
    private final SessionEngine engine;
    private final ShardAgent shard;
    private final GovernorAgent governor;
    private final PauseSwitch pauses = new PauseSwitch(this::pause);
    private final InterceptorSet interceptors;
    private final PoolMember pool; // null without -z
    private final ShardThread thread;
    private long countedDrops;
    private long countedErrors;
    private long housekeepings;
    private boolean wasUp;
    private volatile boolean isMirroring;
    private OnlineStage onlineStage;

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
        EngineConfig limits = EngineLimits.of(config);
        replay = plan == null
                ? null
                : new Replay(plan, config.transfers(), limits, ledger, clock, this::endSessions, onReplayed);
        source = replay == null ? new AfPacketSource(captureOptions(config)) : replay;
        Supplier<ProtocolAdapter> adapters = adapters(config);
        routes = new RouteRing(
                ROUTE_RING_RECORDS, adapters == null ? 0 : adapters.get().payloadWanted());
        thread = new ShardThread(routes, ledger, clock, onFailure);
        online = adapters == null || replay != null ? List.of() : OnlineCapture.open(config);
        egress = Egress.open(config);
        ShardInbox inbox = new ShardInbox(thread.streams()::wakeUp);
        EngineSink sink = new EngineSink(egress.sink());
        engine = new SessionEngine(limits, ledger, sink, routes, Copier::onFault, adapters);
        PacketSource captured = online.isEmpty()
                ? source
                : new TwoWaySource(source, online, OnlineCapture.SNAPLEN, () -> onlineStage, clock);
        DatagramReplicator datagrams = new DatagramReplicator(limits.mtu(), ledger, sink, limits.instanceIds());
        ShardParts parts = new ShardParts(
                captured,
                inbox,
                egress.sink(),
                datagrams,
                routes,
                thread::serve,
                ledger,
                clock,
                this::sleep,
                this::housekeep);
        shard = new ShardAgent(engine, parts, this::captureStage);
        governor = new GovernorAgent(config.budget(), EngineLimits.usage(limits, ledger, sink), this::obey);
        InterceptorSet.Ways ways = InterceptorSet.Ways.of(config.interceptors(), thread.streams());
        interceptors = new InterceptorSet(identity, ways, inbox, thread.routes(), new Standings());
        pool = joining.apply(new PoolMember.Parts(identity, interceptors, sample, shard::useInstances, pauses::byPool));
    }

    private Supplier<ProtocolAdapter> adapters(CopierConfig config) {
        return config.mysql()
                .<Supplier<ProtocolAdapter>>map(users -> new MySqlSessions(users, mysql))
                .orElse(null);
    }

    private CaptureStage captureStage(SegmentHandler handler) {
        onlineStage = new OnlineStage(config.transfers(), sample, handler);
        CaptureStage stage = new CaptureStage(
                config.transfers(), config.clients(), config.loopbackClients(), sample, ledger, handler);
        if (config.protocols() == Protocols.TCP_AND_UDP) {
            stage.withDatagrams();
        }
        return replay == null ? stage : stage.onCaptureClock();
    }

    /** Shard thread. A file's next packet ends the sleep, too. */
    private void sleep(long timeoutNs) {
        thread.await(replay == null ? timeoutNs : Math.min(timeoutNs, replay.untilNextNs()));
    }

    /** Shard thread, between two repetitions. */
    private void endSessions() {
        engine.onCaptureEnd(clock.getAsLong());
    }

    static CaptureOptions captureOptions(CopierConfig config) {
        CopierConfig.Capture capture = config.capture();
        String filter = capture.filter() == null
                ? CaptureFilter.of(config.transfers(), config.clients(), config.protocols())
                : capture.filter();
        List<String> devices = capture.interfaces().isEmpty() ? List.of(CaptureOptions.ANY) : capture.interfaces();
        return CaptureOptions.incoming(devices, filter)
                .withBufferMiB(Math.max(1, capture.bufferMib() / rings(config)))
                .withSnaplen(capture.snaplen());
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
        thread.start();
        if (pool != null) {
            pool.awaitFirst();
        }
        List<HostPort> first = pool == null ? config.interceptors().servers() : pool.interceptors();
        interceptors.update(new ClusterView(first));
        WarmUp.run(EngineLimits.of(config), WARM_UP_NS, clock);
        long patienceMs = replay == null ? FIRST_WELCOME_MS : FIRST_WELCOME_OFFLINE_MS;
        if (!firstAttempts.await(patienceMs, TimeUnit.MILLISECONDS)) {
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
        thread.mirror(this::mirror);
    }

    /** Shard thread. */
    private void mirror() {
        if (replay == null) {
            // A TPACKET_V3 ring that nobody reads uses up a block with every timeout: what came so far has holes.
            source.poll(NOBODY, Integer.MAX_VALUE);
        }
        thread.streams().watch(source.fileDescriptor());
        isMirroring = true;
        shard.run();
    }

    /** Shard thread; once per kind of fault, the counter has the others. */
    private static void onFault(FlowKey session, RuntimeException fault) {
        LOG.error("[{}] fault of the engine, contained in this session", session, fault);
    }

    /** Hears of interceptors for the copier. */
    private final class Standings implements InterceptorSet.Listener {
        @Override
        public void onStanding(int up, int members) {
            Copier.this.onStanding(up, members);
        }

        @Override
        public void onSuperseded(int instanceId, long epoch) {
            if (pool != null) {
                pool.superseded(instanceId, epoch);
            }
        }
    }

    /** Any thread. */
    private void pause(boolean isPaused) {
        if (source instanceof AfPacketSource ring) {
            ring.pause(isPaused);
        }
        shard.pause(isPaused);
        thread.streams().wakeUp();
    }

    /** Shard thread. */
    private void obey(Verdict verdict) {
        sample.admit(verdict.share());
        pauses.byGovernor(verdict.state() == Verdict.State.PAUSED);
    }

    /** Shard thread. */
    private void onStanding(int up, int members) {
        if (up == members) {
            firstAttempts.countDown();
        }
        if (wasUp && up == 0 && members > 0) {
            LOG.warn("no interceptor is left; replicas wait for one");
            if (!config.interceptors().lonely()) {
                onFailure.accept("the last interceptor is gone, and --no-lonely was given");
            }
        }
        wasUp = up > 0;
    }

    /** About once a second, on the shard thread. */
    private void housekeep() {
        long nowNs = clock.getAsLong();
        sample.tick(nowNs);
        governor.tick(nowNs);
        long drops = source.kernelDrops();
        ledger.add(CopierCounter.CAPTURE_DROPS, drops - countedDrops);
        countedDrops = drops;
        long errors = egress.errors().total();
        ledger.add(CopierCounter.SEND_ERRORS, errors - countedErrors);
        countedErrors = errors;
        if (++housekeepings % REATTACH_SECONDS == 0) {
            reattach(source);
            online.forEach(way -> reattach(way.source()));
        }
    }

    private static void reattach(PacketSource capture) {
        if (capture instanceof AfPacketSource ring && ring.reattach()) {
            LOG.info("a capture device went and came back");
        }
    }

    /** What is played instead of live traffic; null when there is none. */
    Replay replay() {
        return replay;
    }

    /** What there is to show; any thread. */
    Figures figures() {
        return new Figures(
                new Ledgers(List.of(ledger)),
                thread.routes()::liveRoutes,
                interceptors::standings,
                egress.errors()::byName,
                governor::verdict,
                config.mysql().map(users -> mysql));
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
        return thread.isAlive() ? null : "its thread has ended, see the log";
    }

    /** Why the copier does not mirror now, a sentence; null when it does. Any thread. */
    String unready() {
        if (figures().interceptorsUp() == 0) {
            return "no interceptor is connected";
        }
        if (!isMirroring) {
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
        shard.stop();
        thread.awaitShard();
        interceptors.close();
        thread.close();
    }

    /** {@link #stop}, if it did not happen yet, and gives back what was opened. */
    @Override
    public void close() {
        stop();
        if (!thread.isAlive()) {
            source.close();
            online.forEach(way -> way.source().close());
            egress.sink().close();
        }
    }
}
