// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

import drcopy.agent.EverySeconds;
import drcopy.copier.capture.CaptureStage;
import drcopy.copier.capture.SegmentHandler;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Distribution;
import drcopy.copier.session.SegmentView;
import drcopy.copier.session.SessionEngine;
import drcopy.copier.session.TargetResponse;
import drcopy.netio.Moderation;
import drcopy.netio.PacketHandler;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty cycle of one shard, the single writer of its sessions. Responses come first, for they free memory; then what was
 * captured; then owed acknowledgments and timers; then everything made of it goes out, routes ahead of packets. Between two
 * cycles the streams to the interceptors have their turn; with nothing to do the thread sleeps there until input or the engine's
 * next deadline, with much to do it rests between two cycles ({@link Moderation}). A fault in one call of the engine is counted and logged,
 * and the next call goes on.
 */
public final class ShardAgent implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardAgent.class);
    private static final int RESPONSES_PER_CYCLE = 1024;
    private static final int PACKETS_PER_CYCLE = 1024;
    private static final int TIMERS_PER_CYCLE = 256;
    private static final int RESETS_PER_STEP = 64;
    private static final long HOUSEKEEPING_NS = TimeUnit.SECONDS.toNanos(1);
    private static final PacketHandler NOBODY = (buffer, offset, captured, length, timestampNs) -> {};
    private static final long FAREWELL_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final SessionEngine engine;
    private final ShardParts parts;
    private final CaptureStage stage;
    private final Input input = new Input();
    private final Moderation moderation = new Moderation();
    private final EverySeconds faults = new EverySeconds(5);
    private long nowNs;
    private long nextHousekeepingNs;
    private volatile boolean isStopped;
    private volatile boolean isPauseWanted;
    private boolean isPaused;
    /** Paused, with sessions left to reset. */
    private boolean isClearing;
    /** What {@link #useInstances} was last told, until it is applied; or null. */
    private final AtomicReference<int[]> instances = new AtomicReference<>();

    /** @param stage makes the capture stage for this shard's segment handler */
    public ShardAgent(SessionEngine engine, ShardParts parts, Function<SegmentHandler, CaptureStage> stage) {
        this.engine = engine;
        this.parts = parts;
        this.stage = stage.apply(input);
    }

    /**
     * Paused, the shard resets its replicas, forgets its sessions and takes nothing up until it is told otherwise; the sleeper must
     * be woken after it. Any thread.
     */
    public void pause(boolean value) {
        isPauseWanted = value;
    }

    /** {@link SessionEngine#useInstances}, from the next cycle on. Any thread. */
    public void useInstances(int... instanceIds) {
        instances.set(instanceIds.clone());
    }

    /** Makes {@link #run} reset the live replicas and return soon; the sleeper must be woken after it. Any thread. */
    public void stop() {
        isStopped = true;
    }

    @Override
    public void run() {
        nextHousekeepingNs = parts.clock().getAsLong();
        while (!isStopped) {
            boolean isDone = doWork() && parts.inbox().isEmpty();
            rest();
            parts.sleeper().await(isDone ? untilDeadlineNs() : 0);
        }
        farewell();
    }

    private void rest() {
        long now = parts.clock().getAsLong();
        if (moderation.isResting(now)) {
            parts.sleeper().rest(Math.min(moderation.untilNs() - now, untilDeadlineNs()));
        }
    }

    /**
     * One cycle.
     *
     * @return true when it took all there was, so that the thread may sleep
     */
    boolean doWork() {
        nowNs = parts.clock().getAsLong();
        if (instances.getPlain() != null) {
            int[] ids = instances.getAndSet(null);
            engine.useInstances(nowNs, ids);
            parts.datagrams().useInstances(ids);
        }
        if (isPaused != isPauseWanted) {
            isPaused = !isPaused;
            isClearing = isPaused;
        }
        int responses = parts.inbox().drain(input, RESPONSES_PER_CYCLE);
        int packets = parts.source().poll(isPaused ? NOBODY : stage, PACKETS_PER_CYCLE);
        boolean isDone = responses < RESPONSES_PER_CYCLE && packets < PACKETS_PER_CYCLE;
        if (isClearing) {
            isClearing = clear();
            isDone &= !isClearing;
        }
        int inputs = responses + packets;
        if (inputs > 0) {
            parts.ledger().record(Distribution.Kind.BATCH, inputs);
            endBatch();
        }
        isDone &= runTimers() < TIMERS_PER_CYCLE;
        if (inputs > 0 && isDone) {
            moderation.reopened(engine.reopenedNs());
            moderation.read(nowNs);
        }
        parts.routes().flush();
        parts.streams().run();
        parts.sink().flush();
        if (nowNs - nextHousekeepingNs >= 0) {
            nextHousekeepingNs = nowNs + HOUSEKEEPING_NS;
            housekeep();
        }
        return isDone;
    }

    /** Resets some of what is left; false when nothing is. */
    private boolean clear() {
        try {
            return engine.onShutdown(nowNs, RESETS_PER_STEP) == RESETS_PER_STEP;
        } catch (RuntimeException e) {
            fault(e);
            return false;
        }
    }

    private void endBatch() {
        try {
            engine.onBatchEnd(nowNs);
        } catch (RuntimeException e) {
            fault(e);
        }
    }

    private int runTimers() {
        try {
            return engine.onTick(nowNs, TIMERS_PER_CYCLE);
        } catch (RuntimeException e) {
            fault(e);
            return 0;
        }
    }

    private void housekeep() {
        parts.ledger().add(CopierCounter.RESPONSES_DROPPED, parts.inbox().takeDropped());
        try {
            parts.housekeeping().run();
        } catch (RuntimeException e) {
            fault(e);
        }
    }

    private void fault(RuntimeException e) {
        parts.ledger().count(CopierCounter.INTERNAL_ERRORS);
        faults.warn(LOG, nowNs, "fault in the shard thread, contained", e);
    }

    private long untilDeadlineNs() {
        long deadline = Math.min(engine.nextDeadlineNs(), nextHousekeepingNs);
        return deadline - parts.clock().getAsLong();
    }

    /** The target is told that the replicas are gone: it would keep their connections for hours otherwise. */
    private void farewell() {
        long start = parts.clock().getAsLong();
        nowNs = start;
        try {
            while (nowNs - start < FAREWELL_NS && engine.onShutdown(nowNs, RESETS_PER_STEP) == RESETS_PER_STEP) {
                parts.sink().flush();
                nowNs = parts.clock().getAsLong();
            }
        } catch (RuntimeException e) {
            fault(e);
        }
        parts.sink().flush();
        housekeep();
    }

    /** Everything that reaches the engine from outside. */
    private final class Input implements ShardInbox.Reader, SegmentHandler {
        private final TargetResponse response = new TargetResponse();

        @Override
        public void onClientSegment(SegmentView segment) {
            try {
                engine.onClientSegment(segment, nowNs);
            } catch (RuntimeException e) {
                fault(e);
            }
        }

        @Override
        public void onClientDatagram(SegmentView datagram) {
            parts.datagrams().onClientDatagram(datagram);
        }

        @Override
        public void onOnlineSegment(FlowKey key, IpPacket packet, int shown) {
            try {
                engine.onOnlineSegment(key, packet, shown, nowNs);
            } catch (RuntimeException e) {
                fault(e);
            }
        }

        @Override
        public void onResponses(ByteBuffer records, ByteBuffer[] payloads) {
            int i = 0;
            for (int at = records.position(); at < records.limit(); at += TargetResponse.LENGTH) {
                ByteBuffer payload = payloads == null ? null : payloads[i++];
                response.wrap(records, at, payload);
                if (response.payloadLength() > 0) {
                    moderation.heard(response.routeId(), nowNs);
                }
                try {
                    engine.onTargetResponse(response, nowNs);
                } catch (RuntimeException e) {
                    fault(e);
                }
            }
        }

        @Override
        public void onRouteConflict(long routeId) {
            try {
                engine.onRouteConflict(routeId, nowNs);
            } catch (RuntimeException e) {
                fault(e);
            }
        }

        @Override
        public void onInterceptorReturned() {
            try {
                engine.onInterceptorReturned(nowNs);
            } catch (RuntimeException e) {
                fault(e);
            }
        }
    }
}
