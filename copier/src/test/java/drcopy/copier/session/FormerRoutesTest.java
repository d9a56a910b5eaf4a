// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.FlowKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormerRoutesTest {
    private static final long KEPT_NS = 2_000;
    private static final int MOST = 3;

    private final List<Long> removed = new ArrayList<>();
    private final ReplicaTable table = new ReplicaTable(0);
    private final FormerRoutes formers = new FormerRoutes(new Removals(), table, KEPT_NS, MOST);

    private final class Removals implements RouteSink {
        @Override
        public boolean add(long routeId, FlowKey replica, int instanceId) {
            throw new AssertionError("former routes announce nothing");
        }

        @Override
        public void remove(long routeId) {
            removed.add(routeId);
        }
    }

    private static Replica onPort(int port, int instanceId) {
        Replica replica = new Replica(new Session(new InstanceSet(0, 1), instanceId, new SegmentView()));
        replica.key.set(0, 1, port, 0, 2, 80);
        return replica;
    }

    private Replica ended(int port, int instanceId, long nowNs) {
        Replica replica = onPort(port, instanceId);
        table.add(replica);
        replica.rcvNxt = 77;
        formers.keep(replica, nowNs);
        return replica;
    }

    @Test
    void theNextReplicaOfTheFlowHasTheRoute() {
        Replica first = ended(40_000, 0, 0);
        Replica next = onPort(40_000, 0);

        assertThat(formers.inherit(next)).isTrue();
        assertThat(next.routeId).isEqualTo(first.routeId);
        assertThat(next.isRouted).isTrue();
        assertThat(next.isHeir).isTrue();
        assertThat(next.formerNxt).isEqualTo(77);
        assertThat(formers.deadlineNs()).isEqualTo(TimerHeap.NEVER);
        assertThat(formers.inherit(onPort(40_000, 0))).as("a second time").isFalse();
        assertThat(removed).isEmpty();
    }

    @Test
    void anotherFlowsReplicaHasNot() {
        ended(40_000, 0, 0);

        assertThat(formers.inherit(onPort(40_001, 0))).isFalse();
        assertThat(removed).isEmpty();
    }

    @Test
    void anotherInstancesReplicaOnTheFlowHasItWithdrawn() {
        Replica first = ended(40_000, 0, 0);

        assertThat(formers.inherit(onPort(40_000, 1))).isFalse();
        assertThat(removed).containsExactly(first.routeId);
    }

    @Test
    void eachIsKeptItsTimeAndThenRemembered() {
        Replica first = ended(40_000, 0, 0);
        Replica second = ended(40_001, 0, 10);

        assertThat(formers.deadlineNs()).isEqualTo(KEPT_NS);
        assertThat(formers.expire(KEPT_NS - 1, 9)).isZero();
        assertThat(formers.expire(KEPT_NS, 9)).isEqualTo(1);
        assertThat(removed).containsExactly(first.routeId);
        assertThat(formers.expire(KEPT_NS + 10, 0)).as("no more than the limit").isZero();
        assertThat(formers.expire(KEPT_NS + 10, 1)).isEqualTo(1);
        assertThat(removed).containsExactly(first.routeId, second.routeId);
        assertThat(table.former(first.routeId)).isNotNull();
    }

    @Test
    void bothTheKeptAndTheRememberedAreBounded() {
        List<Replica> all = new ArrayList<>();
        for (int i = 0; i < 3 * MOST; i++) {
            all.add(ended(40_000 + i, 0, i));
        }

        assertThat(removed).hasSize(2 * MOST);
        assertThat(all.stream().filter(replica -> table.former(replica.routeId) != null))
                .as("kept and remembered")
                .containsExactlyElementsOf(all.subList(MOST, 3 * MOST));
    }

    @Test
    void aRouteIsWithdrawnOnce() {
        Replica first = ended(40_000, 0, 0);
        formers.withdraw(first.routeId);
        formers.withdraw(first.routeId);
        formers.withdraw(-1);
        formers.withdrawAll();

        assertThat(removed).containsExactly(first.routeId);
        assertThat(formers.expire(Long.MAX_VALUE, 9)).isZero();
    }

    @Test
    void onlyThoseOfIdsInUseStay() {
        Replica lost = ended(40_000, 0, 0);
        ended(40_001, 1, 0);
        Replica lostToo = ended(40_002, 0, 0);

        formers.keepOnly(new InstanceSet(1));

        assertThat(removed).containsExactly(lost.routeId, lostToo.routeId);
        assertThat(formers.inherit(onPort(40_001, 1))).isTrue();
    }
}
