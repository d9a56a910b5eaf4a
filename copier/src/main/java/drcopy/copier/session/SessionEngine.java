// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All sessions of one shard. Sans-IO: the same calls in the same order give the same packets, byte for byte. Owned by the
 * shard thread. {@code nowNs} is a monotonic clock, never smaller than in the call before. The rules are in docs/SESSION.md.
 *
 * <p>A fault of the engine's own stays in its session: that one is dropped as {@link DropReason#INTERNAL} and counted, the
 * {@link ErrorSink} hears of it, the others go on. No call throws.
 */
public final class SessionEngine {
    private static final int SESSIONS_PER_STEP = 64;

    final EngineConfig config;
    private final Books books;
    private final SegmentPool pool;
    private final Containment faults;
    private final TimerHeap timers = new TimerHeap();
    private final ReplicaSender sender;
    private final Replicas replicas;
    private final Lifecycle lifecycle;
    private final StreamEditor editor;
    private final Player player;
    private final ClientStream stream;
    private final ClientIntake intake;
    private final ReplicaReceiver receiver;
    private final ReplicaTimers replicaTimers;
    private final Instances instances;
    private final Revival revival;
    private Replica owingAcks;
    private long poolBytesTold;
    private int shutdownAt;

    /** An engine whose own faults are counted only. */
    public SessionEngine(EngineConfig config, Ledger ledger, SegmentSink out, RouteSink routes) {
        this(config, ledger, out, routes, (session, fault) -> {});
    }

    /** An engine that plays what it captures as it is. */
    public SessionEngine(EngineConfig config, Ledger ledger, SegmentSink out, RouteSink routes, ErrorSink errors) {
        this(config, ledger, out, routes, errors, null);
    }

    /** @param adapters makes the adapter of a session; null when no protocol is adapted */
    public SessionEngine(
            EngineConfig config,
            Ledger ledger,
            SegmentSink out,
            RouteSink routes,
            ErrorSink errors,
            Supplier<ProtocolAdapter> adapters) {
        this.config = config;
        pool = new SegmentPool(config.poolBytes());
        books = new Books(ledger, pool);
        Backlog backlog = new Backlog(books, pool);
        sender = new ReplicaSender(config, books, out);
        replicas = new Replicas(config, books, routes, timers);
        lifecycle = new Lifecycle(config, books, replicas, sender, timers, backlog);
        faults = new Containment(books, lifecycle, errors);
        editor = new StreamEditor(books, pool, lifecycle, adapters);
        player = new Player(config, books, sender, lifecycle, editor, timers);
        stream = new ClientStream(config, books, pool, backlog, lifecycle, timers);
        intake = new ClientIntake(config, books, pool, sender, lifecycle, stream, player);
        PathSearch search = new PathSearch(books, sender);
        receiver = new ReplicaReceiver(books, sender, lifecycle, editor, player, search);
        replicaTimers = new ReplicaTimers(config, sender, replicas, lifecycle, player, search);
        revival = new Revival(replicas, timers);
        instances = new Instances(lifecycle.sessions(), config.instanceIds());
    }

    /**
     * Client connections that begin from now on are played under these instance IDs, a replica each; those that are being played
     * keep the IDs they began with, but open no further connection under one that is not among these. Without any ID nothing new is
     * taken up.
     */
    public void useInstances(long nowNs, int... instanceIds) {
        instances.use(instanceIds);
        replicas.formers().keepOnly(instances.current());
        ReplicaTable table = replicas.table();
        for (int i = 0; i < table.end(); i++) {
            Replica replica = table.at(i);
            if (replica != null && replica.isQueuedToOpen && !replica.session.mayOpen()) {
                try {
                    lifecycle.cut(replica.session, DropReason.ID_LOST, nowNs);
                } catch (RuntimeException fault) {
                    faults.contain(replica.session, fault);
                }
            }
        }
    }

    /** A segment that a client sent to online. */
    public void onClientSegment(SegmentView segment, long nowNs) {
        InstanceSet playing = instances.playing(segment);
        if (playing != instances.current() && intake.beginsAnother(segment, playing)) {
            handOver(segment, playing, nowNs);
            playing = instances.current();
        }
        intake.begin(playing);
        if (playing.ids.length == 0) {
            books.captured(segment.packet.payloadLength());
            intake.overhear(segment, nowNs);
        }
        for (int instanceId : playing.ids) {
            Session session = lifecycle.sessions().find(segment.key, instanceId);
            if (session == null && !playing.mayOpen(instanceId)) {
                continue;
            }
            books.captured(segment.packet.payloadLength());
            try {
                intake.take(segment, session, instanceId, nowNs);
            } catch (RuntimeException fault) {
                faults.contain(segment.key, instanceId, fault);
            }
        }
        finish(nowNs);
        if (pool.takenBytes() != poolBytesTold) {
            books.move(Ledger.Gauge.POOL_BYTES, pool.takenBytes() - poolBytesTold);
            poolBytesTold = pool.takenBytes();
        }
    }

    /**
     * A segment that online sent to a client. Only sessions whose protocol is adapted have use for it.
     *
     * @param key the session's: client and online
     * @param shown bytes of the packet's payload that were captured
     */
    public void onOnlineSegment(FlowKey key, IpPacket packet, int shown, long nowNs) {
        for (int instanceId : instances.playing(key).ids) {
            Session session = lifecycle.sessions().find(key, instanceId);
            if (session == null) {
                continue;
            }
            try {
                editor.onOnlinePayload(session, packet, shown);
                if (session.replica != null) {
                    player.play(session.replica, nowNs);
                }
            } catch (RuntimeException fault) {
                faults.contain(session, fault);
            }
        }
        finish(nowNs);
    }

    /** A SYN begins another connection on the key of a flow that IDs of before play: their sessions end, but it replaces those of IDs in use itself. */
    private void handOver(SegmentView syn, InstanceSet before, long nowNs) {
        for (int instanceId : before.ids) {
            Session session = lifecycle.sessions().find(syn.key, instanceId);
            if (session == null || instances.current().contains(instanceId)) {
                continue;
            }
            try {
                intake.replace(session, nowNs);
            } catch (RuntimeException fault) {
                faults.contain(session, fault);
            }
        }
    }

    /** A segment that the target sent to a replica. */
    public void onTargetResponse(TargetResponse response, long nowNs) {
        books.count(CopierCounter.RESPONSES);
        Replica replica = replicas.find(response.routeId());
        if (replica == null) {
            books.count(CopierCounter.RESPONSES_UNKNOWN);
            return;
        }
        try {
            receiver.onResponse(replica, response, nowNs);
            if (replica.gate.silence.pollOver()) {
                revival.onTargetReturned(replica.gate, nowNs);
            }
        } catch (RuntimeException fault) {
            faults.contain(replica.session, fault);
        }
        if (replica.isAckOwed && !replica.isListedOwing) {
            replica.isListedOwing = true;
            replica.nextOwing = owingAcks;
            owingAcks = replica;
        }
        finish(nowNs);
    }

    /**
     * An interceptor says that the flow of this route belongs to another copier: a replica that is still opening takes another
     * port, one that stands ends without a packet, and its session's next request opens another. Nobody takes the route over.
     */
    public void onRouteConflict(long routeId, long nowNs) {
        books.count(CopierCounter.ROUTE_CONFLICTS);
        Replica replica = replicas.table().find(routeId);
        if (replica == null) {
            replicas.formers().withdraw(routeId);
            return;
        }
        try {
            lifecycle.cede(replica, nowNs);
        } catch (RuntimeException fault) {
            faults.contain(replica.session, fault);
        }
        finish(nowNs);
    }

    /**
     * An interceptor that was away is back: replicas with unacknowledged data retransmit without waiting for their timers, and
     * those that hold a request ask the target how far it is. {@link #onTick} sends, at its own pace.
     */
    public void onInterceptorReturned(long nowNs) {
        revival.onInterceptorReturned(nowNs);
    }

    /** The inputs that were there have been handed over: owed acknowledgments go out now, one per replica. */
    public void onBatchEnd(long nowNs) {
        Replica replica = owingAcks;
        owingAcks = null;
        while (replica != null) {
            Replica next = replica.nextOwing;
            replica.nextOwing = null;
            replica.isListedOwing = false;
            if (replica.isAckOwed) {
                acknowledge(replica);
            }
            replica = next;
        }
        finish(nowNs);
    }

    private void acknowledge(Replica replica) {
        try {
            sender.sendAck(replica);
        } catch (RuntimeException fault) {
            faults.contain(replica.session, fault);
        }
    }

    /**
     * Runs the timers that are due.
     *
     * @param limit timers to run at most
     * @return timers run; equal to {@code limit} when more may be due
     */
    public int onTick(long nowNs, int limit) {
        int run = 0;
        while (run < limit) {
            TimerEntry entry = timers.pollDue(nowNs);
            if (entry == null) {
                break;
            }
            run++;
            onTimer(entry, nowNs);
        }
        while (run < limit) {
            Replica ended = replicas.pollLingering(nowNs);
            if (ended == null) {
                break;
            }
            run++;
            lifecycle.lingered(ended);
        }
        run += replicas.formers().expire(nowNs, limit - run);
        finish(nowNs);
        return run;
    }

    private void onTimer(TimerEntry entry, long nowNs) {
        Session session = entry instanceof Replica replica ? replica.session : (Session) entry;
        try {
            if (entry instanceof Replica replica) {
                replicaTimers.onTimer(replica, nowNs);
            } else {
                onSessionTimer(session, nowNs);
            }
        } catch (RuntimeException fault) {
            faults.contain(session, fault);
        }
    }

    private void onSessionTimer(Session session, long nowNs) {
        if (nowNs >= session.gapAtNs) {
            stream.onGap(session, nowNs);
            if (session.replica != null) {
                player.play(session.replica, nowNs);
            }
        }
        if (session.isForgotten) {
            return;
        }
        Replica replica = session.replica;
        long activeNs = replica == null ? session.lastClientNs : Math.max(session.lastClientNs, replica.lastHeardNs);
        long forgetNs = activeNs + 2 * config.sessionTimeoutNs();
        boolean isIdle =
                session.queue.isEmpty() && session.beyond.isEmpty() && (replica == null || replica.syn == null);
        if (nowNs >= forgetNs && isIdle) {
            lifecycle.cut(session, DropReason.TARGET_TIMEOUT, nowNs);
            return;
        }
        long againNs = Math.max(forgetNs, nowNs + config.sessionTimeoutNs());
        timers.schedule(session, Math.min(session.gapAtNs, nowNs >= forgetNs ? againNs : forgetNs));
    }

    /** When {@link #onTick} is next needed; {@code Long.MAX_VALUE} when only input can wake the engine. */
    public long nextDeadlineNs() {
        return Math.min(timers.nextDeadlineNs(), Math.min(replicas.lingerDeadlineNs(), replicas.openDeadlineNs()));
    }

    /** When a connection was last opened again on the addresses of one that had just ended: its request waits for the target's answer. */
    public long reopenedNs() {
        return replicas.reopenedNs();
    }

    /** The way to a target that was found to take less than {@code mtu}, once each time; null when there is no news. */
    public ShorterPath pollShorterPath() {
        return replicas.pollShorterPath();
    }

    /** The replica of a session as it is now, live or lingering; empty when there is none. For tests and diagnosis. */
    public Optional<ReplicaStatus> status(FlowKey session, int instanceId) {
        Session found = lifecycle.sessions().find(session, instanceId);
        if (found == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(found.replica == null ? found.lingering : found.replica)
                .map(ReplicaStatus::of);
    }

    /** What every call ends with: whose turn it is opens, and who lingers beyond the limit goes. */
    private void finish(long nowNs) {
        for (Replica next = replicas.pollOpening(nowNs); next != null; next = replicas.pollOpening(nowNs)) {
            try {
                sender.sendSyn(next, nowNs);
                player.schedule(next);
            } catch (RuntimeException fault) {
                faults.contain(next.session, fault);
            }
        }
        while (replicas.isLingeringFull()) {
            lifecycle.lingered(replicas.pollLingering(nowNs));
        }
    }

    /**
     * The copier stops: live replicas are reset, and what they hold is booked as SHUTDOWN. No input comes after it.
     *
     * @param limit replicas to reset at most in this call
     * @return replicas reset; less than {@code limit} when none is left
     */
    public int onShutdown(long nowNs, int limit) {
        int reset = 0;
        ReplicaTable table = replicas.table();
        while (reset < limit && shutdownAt < table.end()) {
            Replica replica = table.at(shutdownAt++);
            if (replica != null && !replica.isLingering) {
                reset++;
                shutDown(replica.session, nowNs);
            }
        }
        for (Session left = lifecycle.sessions().any(); reset < limit && left != null; ) {
            reset++;
            shutDown(left, nowNs);
            left = lifecycle.sessions().any();
        }
        if (reset < limit) {
            replicas.formers().withdrawAll();
            shutdownAt = 0; // all are gone: a paused engine begins anew
        }
        return reset;
    }

    /**
     * What was captured is over, and what comes next has nothing to do with it: all sessions end as at {@link #onShutdown}, and
     * nothing is remembered of them.
     */
    public void onCaptureEnd(long nowNs) {
        while (onShutdown(nowNs, SESSIONS_PER_STEP) == SESSIONS_PER_STEP) {
            finish(nowNs);
        }
        shutdownAt = 0;
        intake.forgetAll();
    }

    private void shutDown(Session session, long nowNs) {
        try {
            lifecycle.cut(session, DropReason.SHUTDOWN, nowNs);
        } catch (RuntimeException fault) {
            faults.contain(session, fault);
        }
    }
}
