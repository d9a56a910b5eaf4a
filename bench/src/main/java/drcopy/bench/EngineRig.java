// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.RouteSink;
import drcopy.copier.session.SegmentSink;
import drcopy.copier.session.SegmentView;
import drcopy.copier.session.SessionEngine;
import drcopy.copier.session.Target;
import drcopy.copier.session.TargetResponse;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * One engine with model clients, online and target around it: each session sends a request when it has the answer to the one
 * before, and the target answers at once. Everything is made beforehand, so that what a benchmark sees allocated is the
 * engine's. One thread.
 */
final class EngineRig implements SegmentSink, RouteSink {
    /** Virtual time between two inputs, as at 400,000 segments a second. */
    private static final long STEP_NS = 2_500;

    private static final int OPTIONS_LENGTH = 12;
    private static final int SYN_HEADER_LENGTH = 40;
    private static final int DATA_HEADER_LENGTH = TcpHeader.MIN_LENGTH + OPTIONS_LENGTH;
    private static final int TCP = Packets.IP_LENGTH;
    private static final int RESPONSE_LENGTH = 200;
    /** From one connection's numbers to the first of the next on the same ports. */
    private static final int ISS_STEP = 1_000_003;

    private static final int TICK_LIMIT = 64;

    private final Ledger ledger = new Ledger();
    private final SessionEngine engine;
    private final ByteBuffer room = ByteBuffer.allocateDirect(65_535);
    private final SegmentView view = new SegmentView();
    private final ByteBuffer record = ByteBuffer.allocateDirect(TargetResponse.LENGTH);
    private final TargetResponse response = new TargetResponse().wrap(record, 0);
    private final ByteBuffer syn = ByteBuffer.allocateDirect(Packets.IP_LENGTH + SYN_HEADER_LENGTH);
    private final ByteBuffer data;
    private final ByteBuffer ack = ByteBuffer.allocateDirect(Packets.IP_LENGTH + DATA_HEADER_LENGTH);
    private final int requestLength;
    private final long[] routes;
    private final int[] clientNxt;
    private final int[] onlineNxt;
    private final int[] targetNxt;
    private long addedRoute;
    private long nowNs = 1_000_000_000L;
    private long captured;
    private long pureAcks;
    private long sent;

    EngineRig(int sessions, int requestLength) {
        this.requestLength = requestLength;
        engine = new SessionEngine(EngineConfig.defaults(), ledger, this, this);
        data = ByteBuffer.allocateDirect(Packets.IP_LENGTH + DATA_HEADER_LENGTH + requestLength);
        routes = new long[sessions];
        clientNxt = new int[sessions];
        onlineNxt = new int[sessions];
        targetNxt = new int[sessions];
        for (int session = 0; session < sessions; session++) {
            clientNxt[session] = session * 0x9e3779b9; // anywhere, some near the wrap
            onlineNxt[session] = session * 0x85ebca6b;
            targetNxt[session] = session * 0xc2b2ae35;
        }
        Packets.header(syn, TcpFlags.SYN, SYN_HEADER_LENGTH);
        syn.putLong(TCP + 20, 0x020405b4_0402080aL).putInt(TCP + 28, 1).putInt(TCP + 36, 0x01030307);
        Packets.header(data, TcpFlags.PSH | TcpFlags.ACK, DATA_HEADER_LENGTH);
        Packets.header(ack, TcpFlags.ACK, DATA_HEADER_LENGTH);
        for (ByteBuffer b : new ByteBuffer[] {data, ack}) {
            b.putInt(TCP + 20, 0x0101080a).putInt(TCP + 24, 1).putInt(TCP + 28, 2);
        }
        view.target = new Target(IpPacket.MAPPED_HI, IpPacket.MAPPED_LO | 0xc61202c8L, 80);
    }

    /** The three-way handshake. */
    void open(int session) {
        clientNxt[session] += ISS_STEP;
        onlineNxt[session] += ISS_STEP;
        targetNxt[session] += ISS_STEP;
        capture(syn, session, 1);
        routes[session] = addedRoute;
        onlineNxt[session]++;
        respond(session, TcpFlags.SYN | TcpFlags.ACK, 0);
        targetNxt[session]++;
        capture(ack, session, 0);
        endBatch();
    }

    /** A request and its answer: one captured segment and one response. */
    void exchange(int session) {
        capture(data, session, requestLength);
        onlineNxt[session] += RESPONSE_LENGTH;
        respond(session, TcpFlags.PSH | TcpFlags.ACK, RESPONSE_LENGTH);
        targetNxt[session] += RESPONSE_LENGTH;
        endBatch();
    }

    /** The client closes, the target closes; online's FIN is acknowledged. */
    void close(int session) {
        TcpHeader.flags(ack, TCP, TcpFlags.FIN | TcpFlags.ACK);
        capture(ack, session, 1);
        TcpHeader.flags(ack, TCP, TcpFlags.ACK);
        respond(session, TcpFlags.FIN | TcpFlags.ACK, 0);
        targetNxt[session]++;
        onlineNxt[session]++;
        capture(ack, session, 0);
        endBatch();
    }

    private void capture(ByteBuffer packet, int session, int sequenceLength) {
        nowNs += STEP_NS;
        captured++;
        pureAcks += sequenceLength == 0 ? 1 : 0;
        packet.putInt(12, Packets.CLIENT + session / 50_000);
        TcpHeader.sourcePort(packet, TCP, 10_000 + session % 50_000);
        TcpHeader.seq(packet, TCP, clientNxt[session]);
        TcpHeader.ack(packet, TCP, TcpFlags.all(TcpHeader.flags(packet, TCP), TcpFlags.ACK) ? onlineNxt[session] : 0);
        clientNxt[session] += sequenceLength;
        if (view.packet.wrap(packet, 0, packet.limit()) != PacketDefect.NONE) {
            throw new IllegalStateException("the client's packet has a defect");
        }
        view.key.fromClient(view.packet);
        view.sourceHi = view.key.clientHi;
        view.sourceLo = view.key.clientLo;
        engine.onClientSegment(view, nowNs);
    }

    private void respond(int session, int flags, int payloadLength) {
        nowNs += STEP_NS;
        record.putLong(0, routes[session]).putInt(8, targetNxt[session]).putInt(12, clientNxt[session]);
        record.putInt(16, payloadLength).putShort(20, (short) 65_535).put(22, (byte) flags);
        boolean isSyn = TcpFlags.all(flags, TcpFlags.SYN);
        int options = TargetResponse.HAS_TIMESTAMPS;
        options |= isSyn
                ? TargetResponse.HAS_SACK_PERMITTED | TargetResponse.HAS_WINDOW_SHIFT | TargetResponse.HAS_MSS
                : 0;
        record.put(23, (byte) options).putInt(24, (int) (nowNs >>> 20)).putInt(28, 1);
        record.putShort(32, (short) 1_460).put(34, (byte) 7);
        engine.onTargetResponse(response, nowNs);
    }

    private void endBatch() {
        engine.onBatchEnd(nowNs);
        if (engine.nextDeadlineNs() <= nowNs) {
            engine.onTick(nowNs, TICK_LIMIT);
        }
    }

    /** Packets the engine sent so far. */
    long sent() {
        return sent;
    }

    /** Fails unless everything captured so far was delivered, but for bare ACKs, and nothing was sent twice. */
    void checkBooks() {
        long delivered = ledger.value(CopierCounter.SEGMENTS_DELIVERED);
        long ignored = ledger.droppedSegments(DropReason.PURE_ACK);
        boolean isBalanced = ledger.imbalance() == 0 && ledger.value(CopierCounter.SEGMENTS_CAPTURED) == captured;
        boolean isAllDelivered = delivered == captured - pureAcks && ignored == pureAcks;
        if (!isBalanced || !isAllDelivered || ledger.value(CopierCounter.RETRANSMITS) != 0) {
            throw new IllegalStateException(
                    "captured " + captured + " with " + pureAcks + " ACKs, delivered " + delivered
                            + ", dropped " + ledger.droppedSegments() + " with " + ignored + " ACKs, retransmitted "
                            + ledger.value(CopierCounter.RETRANSMITS) + ", imbalance " + ledger.imbalance());
        }
    }

    @Override
    public ByteBuffer claim() {
        return room;
    }

    @Override
    public void commit(int length) {
        sent++;
    }

    @Override
    public boolean add(long routeId, FlowKey replica, int instanceId) {
        addedRoute = routeId;
        return Addresses.isIpv4(replica.clientHi, replica.clientLo);
    }

    @Override
    public void remove(long routeId) {}
}
