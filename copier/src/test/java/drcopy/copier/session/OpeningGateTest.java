// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OpeningGateTest {
    private static final int MOST = 256;
    private static final long QUICK_NS = 1_000_000L;
    private static final long SLOW_NS = 300_000_000L;

    private final OpeningGate gate = new OpeningGate(MOST);
    private long nowNs;

    @Test
    void aQuickTargetGetsTheMost() {
        answer(10 * MOST, QUICK_NS);
        assertThat(gate.bound()).isEqualTo(MOST);
    }

    @Test
    void aTargetThatBecomesSlowGetsFewerButNeverLessThanTheLeast() {
        answer(MOST, QUICK_NS);
        answer(MOST / 8 + 1, SLOW_NS);
        assertThat(gate.bound()).isEqualTo(MOST / 2);
        answer(10 * MOST, SLOW_NS);
        assertThat(gate.bound()).isEqualTo(OpeningGate.LEAST);
    }

    @Test
    void aTargetThatRecoversGetsMoreAgain() {
        answer(10 * MOST, SLOW_NS);
        answer(100 * MOST, QUICK_NS);
        assertThat(gate.bound()).isEqualTo(MOST);
    }

    @Test
    void aLossNowAndThenIsNoSlowness() {
        for (int i = 0; i < 100; i++) {
            answer(MOST / 50, SLOW_NS);
            answer(MOST, QUICK_NS);
        }
        assertThat(gate.bound()).isEqualTo(MOST);
    }

    @Test
    void aFarTargetIsNotASlowOne() {
        answer(10 * MOST, SLOW_NS);
        OpeningGate far = new OpeningGate(MOST);
        for (int i = 0; i < 10 * MOST; i++) {
            Replica replica = opened(far);
            nowNs += SLOW_NS + i % 100 * QUICK_NS;
            far.answered(replica, nowNs);
        }
        assertThat(far.bound()).isEqualTo(MOST);
    }

    @Test
    void sharesTheBoundOnlyAmongSynsThatAreOut() {
        Deque<Replica> out = new ArrayDeque<>();
        for (int i = 0; i < 2 * MOST; i++) {
            gate.queue(replica());
        }
        while (gate.next() != null) {
            out.add(open(gate));
        }
        assertThat(out).hasSize(MOST);
        gate.leave(out.remove());
        assertThat(gate.next()).isNotNull();
    }

    @Test
    void whatWaitedThroughASilenceHasEveryOtherTurn() {
        OpeningGate narrow = new OpeningGate(1);
        List<Replica> late = List.of(late(), late(), late());
        List<Replica> fresh = List.of(replica(), replica());
        late.forEach(narrow::queue);
        fresh.forEach(narrow::queue);
        List<Replica> opened = new ArrayList<>();
        while (narrow.next() != null) {
            opened.add(open(narrow));
            narrow.leave(opened.get(opened.size() - 1));
        }
        assertThat(opened).containsExactly(late.get(0), fresh.get(0), late.get(1), fresh.get(1), late.get(2));
    }

    @Test
    void whatWasOutInASilenceIsNoSlowness() {
        answer(10 * MOST, QUICK_NS);
        List<Replica> silent = Stream.generate(() -> opened(gate)).limit(MOST).toList();
        nowNs += 10 * TargetSilence.AFTER_NS;
        gate.restart(nowNs);
        silent.forEach(replica -> gate.answered(replica, nowNs));
        assertThat(gate.bound()).isEqualTo(MOST);
    }

    private static Replica late() {
        Replica replica = replica();
        replica.isLate = true;
        return replica;
    }

    private void answer(int count, long roundTripNs) {
        for (int i = 0; i < count; i++) {
            Replica replica = opened(gate);
            nowNs += roundTripNs;
            gate.answered(replica, nowNs);
        }
    }

    private Replica opened(OpeningGate at) {
        at.queue(replica());
        return open(at);
    }

    private Replica open(OpeningGate at) {
        Replica replica = at.next();
        at.unqueue(replica);
        at.open(replica);
        replica.firstSynNs = nowNs;
        return replica;
    }

    private static Replica replica() {
        return new Replica(null);
    }
}
