// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import drcopy.wire.SegmentBuilder;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultContainmentTest {
    private final Ledger ledger = new Ledger();
    private final List<String> told = new ArrayList<>();
    private boolean isBroken;
    private int sent;

    private final SegmentSink sink = new SegmentSink() {
        private final ByteBuffer room = ByteBuffer.allocate(1500);

        @Override
        public ByteBuffer claim() {
            if (isBroken) {
                throw new IllegalStateException("no room");
            }
            return room;
        }

        @Override
        public void commit(int length) {
            sent++;
        }
    };

    private final RouteSink routes = new RouteSink() {
        @Override
        public boolean add(long routeId, FlowKey replica, int instanceId) {
            return true;
        }

        @Override
        public void remove(long routeId) {}
    };

    private final SessionEngine engine = new SessionEngine(
            EngineConfig.defaults(), ledger, sink, routes, (session, fault) -> told.add(fault.getMessage()));

    private void syn(int port) throws UnknownHostException {
        SegmentView view = new SegmentView();
        ByteBuffer b = SegmentBuilder.segment("198.18.0.1", port, "198.18.0.2", 80)
                .syn()
                .seq(1)
                .build();
        view.packet.wrap(b, 0, b.remaining());
        view.key.fromClient(view.packet);
        InetAddress target = InetAddress.getByName("198.18.0.9");
        view.target = new Target(Addresses.hi(target), Addresses.lo(target), 80);
        view.sourceHi = view.key.clientHi;
        view.sourceLo = view.key.clientLo;
        engine.onClientSegment(view, 0);
    }

    @Test
    void faultEndsItsSessionAndNoOther() throws UnknownHostException {
        isBroken = true;
        syn(1);
        syn(2);
        isBroken = false;
        syn(3);

        assertThat(ledger.value(CopierCounter.INTERNAL_ERRORS)).isEqualTo(2);
        assertThat(ledger.droppedSegments(DropReason.INTERNAL)).isEqualTo(2);
        assertThat(ledger.imbalance()).isZero();
        assertThat(ledger.value(Ledger.Gauge.SESSIONS)).isEqualTo(1);
        assertThat(sent).isEqualTo(1);
    }

    @Test
    void eachKindOfFaultIsToldOnce() throws UnknownHostException {
        isBroken = true;
        syn(1);
        syn(2);

        assertThat(told).containsExactly("no room");
    }

    @Test
    void shutdownBooksWhatIsHeld() throws UnknownHostException {
        syn(1);
        syn(2);

        assertThat(engine.onShutdown(0, 1)).isEqualTo(1);
        assertThat(engine.onShutdown(0, 10)).isEqualTo(1);
        assertThat(ledger.droppedSegments(DropReason.SHUTDOWN)).isEqualTo(2);
        assertThat(ledger.value(Ledger.Gauge.SESSIONS)).isZero();
        assertThat(ledger.imbalance()).isZero();
    }
}
