// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.SegmentSink;
import drcopy.copier.session.SegmentView;
import drcopy.copier.session.SessionEngine;
import drcopy.copier.session.Target;
import drcopy.copier.session.TargetResponse;
import drcopy.wire.PacketDefect;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A real engine with a virtual clock. Drives it as a shard does, keeps what it sends, and checks after every call what must
 * hold always: the books balance, no internal error, every packet whole, its checksums right and its route announced.
 */
public final class EngineRig {
    private static final int TICK_LIMIT = 64;
    private static final int MOST_TICKS = 200_000;

    public final SessionEngine engine;
    public final Ledger ledger = new Ledger();
    public final RouteBook routes = new RouteBook();
    /** Sent and not yet looked at, oldest first. */
    public final Deque<SentPacket> sent = new ArrayDeque<>();

    private final int mtu;
    private final SegmentView view = new SegmentView();
    private final TargetResponse response = new TargetResponse();
    private final ByteBuffer record = ByteBuffer.allocate(TargetResponse.LENGTH);
    private long nowNs;

    public EngineRig(EngineConfig config, long startNs) {
        mtu = config.mtu();
        nowNs = startNs;
        engine = new SessionEngine(config, ledger, new Sink(), routes);
    }

    public long nowNs() {
        return nowNs;
    }

    private final class Sink implements SegmentSink {
        private ByteBuffer room;

        @Override
        public ByteBuffer claim() {
            room = room == null ? ByteBuffer.allocate(mtu) : room; // reused as it was left, as a sender's is
            return room;
        }

        @Override
        public void commit(int length) {
            byte[] bytes = new byte[length];
            room.get(0, bytes);
            sent.add(SentPacket.of(bytes, nowNs, routes));
        }
    }

    /** Hands over a captured packet whose replicas go to {@code target} from the address given. */
    public void captured(ByteBuffer packet, Target target, long sourceHi, long sourceLo) {
        PacketDefect defect = view.packet.wrap(packet, 0, packet.capacity());
        if (defect != PacketDefect.NONE) {
            throw new AssertionError("the script's own packet has the defect " + defect);
        }
        view.key.fromClient(view.packet);
        view.target = target;
        view.sourceHi = sourceHi;
        view.sourceLo = sourceLo;
        engine.onClientSegment(view, nowNs);
        verify();
    }

    /** Hands over a summary; the fields are those of interception.proto. */
    public void responded(long routeId, Header tcp, int payloadLength) {
        ByteBuffer header = ByteBuffer.allocate(60);
        header.put(12, (byte) ((20 + tcp.options().length) / 4 << 4)).put(20, tcp.options());
        ResponseRecord.write(record, routeId, tcp, payloadLength, header);
        engine.onTargetResponse(response.wrap(record, 0), nowNs);
        verify();
    }

    public void conflict(long routeId) {
        engine.onRouteConflict(routeId, nowNs);
        verify();
    }

    /** New connections are played under these IDs. */
    public void useInstances(int... ids) {
        engine.useInstances(nowNs, ids);
        verify();
    }

    /** Whether what is captured from now on is in the sampled share. */
    public void sample(boolean isSampled) {
        view.isSampled = isSampled;
    }

    /** Whether new sessions are left out from now on, to keep within the budget. */
    public void shed(boolean isShed) {
        view.isShed = isShed;
    }

    public void interceptorReturned() {
        engine.onInterceptorReturned(nowNs);
        verify();
    }

    /** The copier stops. */
    public void stop() {
        while (engine.onShutdown(nowNs, TICK_LIMIT) == TICK_LIMIT) {
            verify();
        }
        verify();
    }

    /** The batch of inputs is over. */
    public void batchEnd() {
        engine.onBatchEnd(nowNs);
        verify();
    }

    /** When the engine wants to be woken next. */
    public long nextDeadlineNs() {
        return engine.nextDeadlineNs();
    }

    /** Sets the clock forward and runs the timers that are due on the way, until something was sent. */
    public void advanceUntilSent(long untilNs) {
        while (sent.isEmpty() && engine.nextDeadlineNs() <= untilNs) {
            tick(Math.max(nowNs, engine.nextDeadlineNs()));
        }
        if (sent.isEmpty()) {
            nowNs = Math.max(nowNs, untilNs);
        }
    }

    /** Sets the clock forward and runs the timers that are due on the way. */
    public void advanceTo(long untilNs) {
        while (engine.nextDeadlineNs() <= untilNs) {
            tick(Math.max(nowNs, engine.nextDeadlineNs()));
        }
        nowNs = Math.max(nowNs, untilNs);
    }

    private void tick(long atNs) {
        nowNs = atNs;
        int ticks = 0;
        while (engine.onTick(nowNs, TICK_LIMIT) == TICK_LIMIT) {
            ticks++;
            check(ticks < MOST_TICKS, "onTick never comes to an end at " + nowNs);
        }
        verify();
        batchEnd();
        check(engine.nextDeadlineNs() > nowNs, "a deadline is still due after onTick ran");
    }

    private void verify() {
        check(ledger.imbalance() == 0, "the books are out of balance by " + ledger.imbalance());
        long errors = ledger.value(CopierCounter.INTERNAL_ERRORS);
        check(errors == 0, errors + " internal errors");
    }

    private static void check(boolean holds, String reason) {
        if (!holds) {
            throw new AssertionError(reason);
        }
    }
}
