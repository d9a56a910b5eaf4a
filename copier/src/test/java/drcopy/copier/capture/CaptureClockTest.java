// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.RouteSink;
import drcopy.copier.session.SegmentSink;
import drcopy.copier.session.SessionEngine;
import drcopy.wire.FlowKey;
import drcopy.wire.SegmentBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A session without SYN is joined after a silence of the client's: in the capture, however fast that is played. */
class CaptureClockTest {
    private static final long MS = 1_000_000;

    private final Ledger ledger = new Ledger();
    private final SessionEngine engine =
            new SessionEngine(EngineConfig.defaults(), ledger, new Nowhere(), new NoRoutes());
    private final CaptureStage stage = new CaptureStage(
                    new Transfers(List.of(Transfer.parse("80-198.18.1.200:80"))),
                    ClientAddresses.none(),
                    ClientAddresses.none(),
                    new Sample(100, Duration.ZERO),
                    ledger,
                    segment -> engine.onClientSegment(segment, now()))
            .onCaptureClock();
    private long nowNs;
    private int seq = 1;

    private long now() {
        return nowNs;
    }

    private void payload(long capturedNs) {
        ByteBuffer packet = SegmentBuilder.segment("198.18.8.1", 4321, "198.18.0.10", 80)
                .psh()
                .seq(seq)
                .ack(1)
                .payload(10)
                .build();
        seq += 10;
        int length = packet.remaining();
        stage.onPacket(packet, packet.position(), length, length, capturedNs);
    }

    @Test
    void aPauseOfTheReplayIsNoSilence() {
        payload(0);
        nowNs += 10_000 * MS;
        payload(MS);

        assertThat(ledger.value(CopierCounter.SESSIONS_JOINED)).isZero();
    }

    @Test
    void aSilenceThatIsPlayedFastIsOne() {
        payload(0);
        nowNs += MS;
        payload(500 * MS);

        assertThat(ledger.value(CopierCounter.SESSIONS_JOINED)).isEqualTo(1);
    }

    @Test
    void whatWasCapturedBeforeARepetitionIsForgotten() {
        payload(0);
        payload(500 * MS);
        engine.onCaptureEnd(nowNs);
        assertThat(ledger.value(Ledger.Gauge.SESSIONS)).isZero();
        seq = 1;

        payload(0);
        payload(MS);
        assertThat(ledger.value(CopierCounter.SESSIONS_JOINED)).isEqualTo(1);
        payload(501 * MS);
        assertThat(ledger.value(CopierCounter.SESSIONS_JOINED)).isEqualTo(2);
        assertThat(ledger.imbalance()).isZero();
    }

    private static final class Nowhere implements SegmentSink {
        private final ByteBuffer room = ByteBuffer.allocateDirect(65_536);

        @Override
        public ByteBuffer claim() {
            return room;
        }

        @Override
        public void commit(int length) {}
    }

    private static final class NoRoutes implements RouteSink {
        @Override
        public boolean add(long id, FlowKey replica, int instanceId) {
            return true;
        }

        @Override
        public void remove(long id) {}
    }
}
