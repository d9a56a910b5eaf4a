// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

import drcopy.copier.capture.CaptureStage;
import drcopy.copier.capture.Sample;
import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.RouteSink;
import drcopy.copier.session.SegmentSink;
import drcopy.copier.session.SessionEngine;
import drcopy.copier.session.TargetResponse;
import drcopy.wire.FlowKey;
import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Plays made-up sessions through a capture stage and an engine of its own before the capture starts, so that the compiler has
 * met the hot path when the first real packet comes: a cold copier would need a second for the packets of a tenth. Nothing
 * leaves the process. Used once, by the command's thread.
 */
public final class WarmUp {
    private static final int SESSIONS = 3_000;
    private static final int FIRST_PORT = 2_000;
    private static final int CLIENT = 0xc6120801;
    private static final int ONLINE = 0xc6120002;
    private static final int HEADERS = 52;
    private static final int REQUEST = 120;
    private static final int ANSWER = 250;
    private static final int POOL_BYTES = 4 << 20;
    private static final int SYN_ACK = TcpFlags.SYN | TcpFlags.ACK;
    private static final int DATA = TcpFlags.PSH | TcpFlags.ACK;
    private static final int FIN_ACK = TcpFlags.FIN | TcpFlags.ACK;

    private final Ledger ledger = new Ledger();
    private final SessionEngine engine;
    private final CaptureStage stage;
    private final ByteBuffer packet = ByteBuffer.allocateDirect(HEADERS + REQUEST);
    private final ByteBuffer room = ByteBuffer.allocateDirect(65_536);
    private final ByteBuffer record = ByteBuffer.allocate(TargetResponse.LENGTH);
    private final TargetResponse response = new TargetResponse();
    private long routeId;
    private long nowNs;

    private WarmUp(EngineConfig like) {
        EngineConfig config = new EngineConfig(
                0,
                new int[] {0},
                like.mtu(),
                like.mtu6(),
                like.mss(),
                like.sessionTimeoutNs(),
                like.holdNs(),
                like.joinIdleNs(),
                like.gapNs(),
                like.lingerNs(),
                SESSIONS,
                SESSIONS,
                SESSIONS,
                POOL_BYTES,
                POOL_BYTES,
                false);
        engine = new SessionEngine(config, ledger, new Nowhere(), new Remember());
        Transfers transfers = new Transfers(List.of(Transfer.parse("80-198.18.0.3:80")));
        stage = new CaptureStage(
                transfers,
                ClientAddresses.none(),
                ClientAddresses.none(),
                new Sample(100, Duration.ZERO),
                ledger,
                segment -> engine.onClientSegment(segment, nowNs));
    }

    /**
     * Plays for at most {@code budgetNs}.
     *
     * @return the books of the play
     */
    public static Ledger run(EngineConfig like, long budgetNs, LongSupplier clock) {
        WarmUp warmUp = new WarmUp(like);
        long start = clock.getAsLong();
        for (int i = 0; i < SESSIONS && clock.getAsLong() - start < budgetNs; i++) {
            warmUp.session(FIRST_PORT + i);
        }
        return warmUp.ledger;
    }

    /** A handshake, two requests with their answers, and both ends. */
    private void session(int port) {
        client(port, 1_000, 0, TcpFlags.SYN, 0);
        target(5_000, 1_001, SYN_ACK, 0);
        client(port, 1_001, 9_001, TcpFlags.ACK, 0);
        int seq = 1_001;
        int ack = 9_001;
        int answer = 5_001;
        for (int i = 0; i < 2; i++) {
            client(port, seq, ack, DATA, REQUEST);
            seq += REQUEST;
            ack += ANSWER;
            target(answer, seq, DATA, ANSWER);
            answer += ANSWER;
        }
        client(port, seq, ack, FIN_ACK, 0);
        target(answer, seq + 1, FIN_ACK, 0);
        engine.onTick(nowNs, SESSIONS);
    }

    /** An IPv4 segment with a timestamp option, as most have. */
    private void client(int port, int seq, int ack, int flags, int payload) {
        int length = HEADERS + payload;
        packet.putShort(0, (short) 0x4500).putShort(2, (short) length).putShort(8, (short) 0x4006);
        packet.putInt(12, CLIENT).putInt(16, ONLINE).putShort(20, (short) port).putShort(22, (short) 80);
        packet.putInt(24, seq)
                .putInt(28, ack)
                .putShort(32, (short) (0x8000 | flags))
                .putShort(34, (short) 64_240);
        packet.putInt(40, 0x0101080a).putInt(44, (int) (nowNs / 1_000_000)).putInt(48, 0);
        nowNs += 1_000_000;
        stage.onPacket(packet, 0, length, length, 0);
        engine.onBatchEnd(nowNs);
    }

    private void target(int seq, int ack, int flags, int payload) {
        record.putLong(0, routeId).putInt(8, seq).putInt(12, ack).putInt(16, payload);
        record.putShort(20, (short) 64_240).put(22, (byte) flags).put(23, (byte) TargetResponse.HAS_TIMESTAMPS);
        record.putInt(24, (int) (nowNs / 1_000_000)).putInt(28, (int) (nowNs / 1_000_000));
        nowNs += 1_000_000;
        engine.onTargetResponse(response.wrap(record, 0), nowNs);
        engine.onBatchEnd(nowNs);
    }

    private final class Nowhere implements SegmentSink {
        @Override
        public ByteBuffer claim() {
            return room;
        }

        @Override
        public void commit(int length) {}
    }

    private final class Remember implements RouteSink {
        @Override
        public boolean add(long id, FlowKey replica, int instanceId) {
            routeId = id;
            return true;
        }

        @Override
        public void remove(long id) {}
    }
}
