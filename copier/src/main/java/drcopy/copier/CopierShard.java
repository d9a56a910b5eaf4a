// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.copier.capture.CaptureStage;
import drcopy.copier.capture.OnlineStage;
import drcopy.copier.capture.Sample;
import drcopy.copier.capture.SegmentHandler;
import drcopy.copier.capture.TwoWaySource;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.config.Protocols;
import drcopy.copier.datagram.DatagramReplicator;
import drcopy.copier.egress.Egress;
import drcopy.copier.egress.EngineSink;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.offline.Replay;
import drcopy.copier.response.CopierIdentity;
import drcopy.copier.response.InterceptorSet;
import drcopy.copier.route.RouteRing;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.ProtocolAdapter;
import drcopy.copier.session.SessionEngine;
import drcopy.copier.session.ShorterPath;
import drcopy.copier.session.Target;
import drcopy.copier.shard.ShardAgent;
import drcopy.copier.shard.ShardInbox;
import drcopy.copier.shard.ShardParts;
import drcopy.copier.shard.Sleeper;
import drcopy.netio.AfPacketSource;
import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSource;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard of a copier: its part of the flows, and a thread that captures, runs the engine, sends, and serves streams of its own to the
 * interceptors. Shards share nothing that is written per packet. Built, started and closed by the command's thread.
 */
final class CopierShard implements InterceptorSet.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopierShard.class);
    private static final int ROUTE_RING_RECORDS = 16_384;
    private static final long REATTACH_SECONDS = 2;
    private static final PacketHandler NOBODY = (buffer, offset, captured, length, timestampNs) -> {};

    private final int number;
    private final CopierConfig config;
    private final Common common;
    private final Ledger ledger;
    private final PacketSource source;
    private final List<TwoWaySource.Way> online; // what online answers, when somebody needs it
    private final Egress egress;
    private final EngineSink sink;
    private final SessionEngine engine;
    private final ShardAgent agent;
    private final InterceptorSet interceptors;
    private final ShardThread thread;
    private final CountDownLatch firstAttempts = new CountDownLatch(1);
    private final Set<Target> shorterPaths = new HashSet<>(); // told of
    private long countedDrops;
    private long countedErrors;
    private long housekeepings;
    private volatile long packetsSent;
    private volatile long bytesSent;
    private volatile boolean isMirroring;
    private OnlineStage onlineStage;
    private CaptureStage captureStage;

    /**
     * What a copier's shards have in common.
     *
     * @param adapters makes the adapter of a session; null when no protocol is adapted
     * @param eachSecond told the time about once a second; by the first shard's thread
     * @param standings told when interceptors came or went, and what they say of instance IDs; by the threads of all shards
     * @param onFailure told one sentence when a thread has ended; by any thread
     */
    record Common(
            CopierIdentity identity,
            Sample sample,
            Supplier<ProtocolAdapter> adapters,
            LongSupplier clock,
            LongConsumer eachSecond,
            InterceptorSet.Listener standings,
            Consumer<String> onFailure) {}

    /**
     * Opens the sender; nothing runs yet.
     *
     * @param limits of this shard alone
     * @param source what it captures, or plays from a file
     */
    CopierShard(CopierConfig config, EngineConfig limits, PacketSource source, Ledger ledger, Common common) {
        this.config = config;
        this.common = common;
        this.ledger = ledger;
        this.source = source;
        number = limits.shard();
        int wanted = common.adapters() == null ? 0 : common.adapters().get().payloadWanted();
        RouteRing routes = new RouteRing(ROUTE_RING_RECORDS, wanted);
        thread = new ShardThread(
                number, routes, ledger, common.clock(), config.interceptors().connections(), common.onFailure());
        online = common.adapters() == null || replay() != null ? List.of() : OnlineCapture.open(config);
        egress = Egress.open(config);
        ShardInbox inbox = new ShardInbox(thread.streams()::wakeUp);
        sink = new EngineSink(egress.sink());
        engine = new SessionEngine(limits, ledger, sink, routes, CopierShard::onFault, common.adapters());
        PacketSource captured = online.isEmpty()
                ? source
                : new TwoWaySource(source, online, OnlineCapture.SNAPLEN, () -> onlineStage, common.clock());
        DatagramReplicator datagrams = new DatagramReplicator(limits.mtu(), ledger, sink, limits.instanceIds());
        ShardParts parts = new ShardParts(
                captured,
                inbox,
                egress.sink(),
                datagrams,
                routes,
                thread::serve,
                ledger,
                common.clock(),
                replay() == null ? new LiveSleeper() : this::sleepUntilReplay,
                this::housekeep);
        agent = new ShardAgent(engine, parts, this::captureStage);
        InterceptorSet.Ways ways = InterceptorSet.Ways.of(config.interceptors(), number, thread.streams());
        interceptors = new InterceptorSet(common.identity(), ways, inbox, thread.routes(), this);
    }

    private CaptureStage captureStage(SegmentHandler handler) {
        onlineStage = new OnlineStage(config.transfers(), common.sample(), handler);
        captureStage = new CaptureStage(
                config.transfers(), config.clients(), config.loopbackClients(), common.sample(), ledger, handler);
        if (config.protocols() == Protocols.TCP_AND_UDP) {
            captureStage.withDatagrams();
        }
        if (config.capture().shards() > 1) {
            captureStage.besideOthers();
        }
        captureStage.tick(common.clock().getAsLong());
        return replay() == null ? captureStage : captureStage.onCaptureClock();
    }

    /** What it plays instead of live traffic; null when there is none. */
    private Replay replay() {
        return source instanceof Replay replay ? replay : null;
    }

    /** Shard thread. */
    private final class LiveSleeper implements Sleeper {
        @Override
        public void await(long timeoutNs) {
            thread.await(timeoutNs);
        }

        @Override
        public void rest(long ns) {
            if (ns > 0) {
                LockSupport.parkNanos(this, ns);
            }
        }
    }

    /** Shard thread. A file's next packet ends the sleep, too, and no rest keeps it waiting. */
    private void sleepUntilReplay(long timeoutNs) {
        thread.await(Math.min(timeoutNs, replay().untilNextNs()));
    }

    /** Shard thread, between two repetitions. */
    void endSessions() {
        engine.onCaptureEnd(common.clock().getAsLong());
    }

    /** Serves the streams, and mirrors nothing yet. */
    void start() {
        thread.start();
    }

    /**
     * Waits until all interceptors are there.
     *
     * @return false when they were not within that time
     */
    boolean awaitInterceptors(long timeoutMs) throws InterruptedException {
        return firstAttempts.await(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** Mirrors from now on. */
    void mirror() {
        thread.mirror(this::run);
    }

    private void run() {
        if (replay() == null) {
            // A TPACKET_V3 ring that nobody reads uses up a block with every timeout: what came so far has holes.
            source.poll(NOBODY, Integer.MAX_VALUE);
        }
        thread.streams().watch(source.fileDescriptor());
        isMirroring = true;
        agent.run();
    }

    /** Shard thread; once per kind of fault, the counter has the others. */
    private static void onFault(FlowKey session, RuntimeException fault) {
        LOG.error("[{}] fault of the engine, contained in this session", session, fault);
    }

    @Override
    public void onStanding(int up, int members) {
        if (up == members) {
            firstAttempts.countDown();
        }
        common.standings().onStanding(up, members);
    }

    @Override
    public void onSuperseded(int instanceId, long epoch) {
        common.standings().onSuperseded(instanceId, epoch);
    }

    /** Any thread. */
    void useInstances(int... instanceIds) {
        agent.useInstances(instanceIds);
    }

    /** Any thread. */
    void pause(boolean isPaused) {
        if (source instanceof AfPacketSource ring) {
            ring.pause(isPaused);
        }
        agent.pause(isPaused);
        thread.streams().wakeUp();
    }

    /** About once a second, on the shard thread. */
    private void housekeep() {
        packetsSent = sink.packets();
        bytesSent = sink.bytes();
        if (number == 0) {
            common.eachSecond().accept(common.clock().getAsLong());
        }
        captureStage.tick(common.clock().getAsLong());
        long drops = source.kernelDrops();
        ledger.add(CopierCounter.CAPTURE_DROPS, drops - countedDrops);
        countedDrops = drops;
        long errors = egress.errors().total();
        ledger.add(CopierCounter.SEND_ERRORS, errors - countedErrors);
        countedErrors = errors;
        for (ShorterPath path = engine.pollShorterPath(); path != null; path = engine.pollShorterPath()) {
            tell(path);
        }
        if (++housekeepings % REATTACH_SECONDS == 0) {
            reattach(source);
            online.forEach(way -> reattach(way.source()));
        }
    }

    /** Once for each target: it may come again when ten minutes have passed. */
    private void tell(ShorterPath path) {
        if (shorterPaths.add(path.target())) {
            LOG.warn(
                    "packets longer than {} bytes do not reach {}: its sessions send shorter ones; give --mtu {}, or mend the path",
                    path.bytes(),
                    Addresses.text(
                            path.target().hi(),
                            path.target().lo(),
                            path.target().port()),
                    path.bytes());
        }
    }

    private static void reattach(PacketSource capture) {
        if (capture instanceof AfPacketSource ring && ring.reattach()) {
            LOG.info("a capture device went and came back");
        }
    }

    /** Packets it sent until a second ago. Any thread. */
    long packetsSent() {
        return packetsSent;
    }

    /** Their bytes, IP headers included. Any thread. */
    long bytesSent() {
        return bytesSent;
    }

    InterceptorSet interceptors() {
        return interceptors;
    }

    /** Routes of live replicas. Any thread. */
    int liveRoutes() {
        return thread.routes().liveRoutes();
    }

    /** Packets the kernel did not take, by its error's name. Any thread. */
    Map<String, Long> sendErrors() {
        return egress.errors().byName();
    }

    /** Any thread. */
    boolean isAlive() {
        return thread.isAlive();
    }

    /** Any thread. */
    boolean isMirroring() {
        return isMirroring;
    }

    /** Begins to reset the live replicas; {@link #awaitEnd} waits until it is done. */
    void stop() {
        agent.stop();
    }

    /** Waits, for about a second. */
    void awaitEnd() {
        thread.awaitShard();
    }

    /** Ends the streams, which were told to, and the thread; takes about a second at most. */
    void end() {
        thread.close();
    }

    /** Gives back what was opened, when the thread has ended. */
    @Override
    public void close() {
        if (!thread.isAlive()) {
            source.close();
            online.forEach(way -> way.source().close());
            egress.sink().close();
        }
    }
}
