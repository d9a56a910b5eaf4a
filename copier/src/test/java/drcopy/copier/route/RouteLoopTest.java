// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.ledger.Ledger;
import drcopy.wire.FlowKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteLoopTest {
    private final TestOutlet interceptor = new TestOutlet();
    private long nowNs = 1_000_000_000L;

    private RouteRing ring;
    private RouteLoop loop;

    private void open(int payloadWanted) {
        open(payloadWanted, 1);
    }

    private void open(int payloadWanted, int connections) {
        ring = new RouteRing(64, payloadWanted);
        loop = new RouteLoop(ring, new Ledger(), () -> nowNs, () -> {}, connections);
        loop.addFeed(0).attach(interceptor, () -> {});
        interceptor.messages.clear();
    }

    private void add(long id) {
        ring.add(id, new FlowKey(), 0);
        cycle();
    }

    private void remove(long id) {
        ring.remove(id);
        cycle();
    }

    private void cycle() {
        ring.flush();
        loop.doWork();
    }

    /** Sleeps as the shard thread does. */
    private void sleep() {
        nowNs += loop.untilNextNs();
        cycle();
    }

    @Test
    void theFirstRouteGoesAtOnceAndThoseRightAfterItTogether() {
        open(0);
        add(1);
        assertThat(interceptor.messages).containsExactly("+1-0");
        add(2);
        add(3);
        assertThat(interceptor.messages).hasSize(1);
        assertThat(loop.untilNextNs()).isEqualTo(RouteLoop.SPACING_NS);
        sleep();
        assertThat(interceptor.messages).containsExactly("+1-0", "+2-0");
        assertThat(loop.untilNextNs()).isEqualTo(Long.MAX_VALUE);
    }

    private void join(int streams) {
        open(0);
        for (int i = 1; i < streams; i++) {
            loop.addFeed(0).attach(new TestOutlet(), () -> {});
        }
        add(1);
    }

    @ParameterizedTest
    @CsvSource({"6, 12", "49, 98", "100, 100"})
    void theMoreStreamsTheLessOften(int streams, int millis) {
        join(streams);
        for (int route = 2; route < 1_000; route++) {
            add(route);
            sleep();
        }
        add(1_000);
        assertThat(loop.untilNextNs()).isEqualTo(millis * 1_000_000L);
        sleep();
        assertThat(interceptor.messages).hasSize(1_000).containsOnly("+1-0");
    }

    @Test
    void afterASilenceAFewBatchesFollowEachOtherClosely() {
        join(50);
        for (int route = 2; route <= 10; route++) {
            add(route);
            assertThat(loop.untilNextNs()).isEqualTo(RouteLoop.SPACING_NS);
            sleep();
        }
        for (int route = 11; route <= 30; route++) {
            add(route);
            sleep();
        }
        add(31);
        assertThat(loop.untilNextNs()).isEqualTo(RouteLoop.MOST_SPACING_NS);
    }

    @Test
    void aRemovalWaitsForARouteToGoWithButNotForEver() {
        open(0);
        add(1);
        nowNs += RouteLoop.SPACING_NS;
        remove(1);
        add(2);
        assertThat(interceptor.messages).containsExactly("+1-0", "+1-1");
        nowNs += RouteLoop.SPACING_NS;
        remove(2);
        assertThat(loop.untilNextNs()).isEqualTo(RouteLoop.REMOVAL_NS);
        sleep();
        assertThat(interceptor.messages).endsWith("+0-1");
    }

    @Test
    void aRouteThatAsksForPayloadWaitsForNothing() {
        open(100);
        add(1);
        add(2);
        assertThat(interceptor.messages).containsExactly("+1-0", "+1-0");
    }

    @Test
    void whatIsDueGoesAsSoonAsAStreamIsReadyAgain() {
        open(0);
        interceptor.room = 0;
        add(1);
        nowNs += RouteLoop.SPACING_NS;
        add(2);
        assertThat(interceptor.messages).isEmpty();
        assertThat(loop.untilNextNs()).isEqualTo(Long.MAX_VALUE);
        interceptor.room = 2;
        cycle();
        assertThat(interceptor.messages).containsExactly("+1-0", "+1-0");
    }

    @Test
    void eachConnectionHasItsShareOfTheRoutes() {
        open(0, 2);
        TestOutlet second = new TestOutlet();
        loop.addFeed(1).attach(second, () -> {});
        for (long id = 0; id < 60; id++) {
            ring.add(id, new FlowKey(), 0);
        }
        cycle();
        assertThat(interceptor.routes).hasSizeBetween(20, 40).doesNotContainAnyElementsOf(second.routes);
        assertThat(interceptor.routes.size() + second.routes.size()).isEqualTo(60);
    }
}
