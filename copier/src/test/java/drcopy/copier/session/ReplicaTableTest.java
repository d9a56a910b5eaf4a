// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplicaTableTest {
    private final ReplicaTable table = new ReplicaTable(200);

    @Test
    void noRouteIdComesTwice() {
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 5000; i++) {
            Replica one = new Replica(null);
            Replica two = new Replica(null);
            table.add(one);
            table.add(two);
            assertThat(ids.add(one.routeId)).isTrue();
            assertThat(ids.add(two.routeId)).isTrue();
            assertThat(table.find(one.routeId)).isSameAs(one);
            table.remove(one);
            if (i % 2 == 0) {
                table.remove(two);
            }
        }
    }

    @Test
    void routeIdBeginsWithTheShard() {
        Replica replica = new Replica(null);
        table.add(replica);

        assertThat(replica.routeId >>> 56).isEqualTo(200);
    }

    @Test
    void anIdStandsForOneReplicaAfterTheOther() {
        Replica first = replica();
        table.add(first);
        FormerRoute route = new FormerRoute(first);
        table.leave(first, route);
        assertThat(table.find(route.id)).isNull();
        assertThat(table.former(route.id)).isSameAs(route);

        Replica second = replica();
        table.inherit(second, route);

        assertThat(second.routeId).isEqualTo(route.id);
        assertThat(table.find(route.id)).isSameAs(second);
        assertThat(table.former(route.id)).isNull();
    }

    @Test
    void aForgottenIdIsNobodys() {
        Replica first = replica();
        table.add(first);
        FormerRoute route = new FormerRoute(first);
        table.leave(first, route);
        Replica meanwhile = replica();
        table.add(meanwhile);
        assertThat((int) meanwhile.routeId).as("index").isNotEqualTo((int) route.id);

        table.forget(route);
        Replica next = replica();
        table.add(next);

        assertThat((int) next.routeId).as("index").isEqualTo((int) route.id);
        assertThat(next.routeId).isNotEqualTo(route.id);
        assertThat(table.former(route.id)).isNull();
        assertThat(table.find(route.id)).isNull();
    }

    private static Replica replica() {
        return new Replica(new Session(new InstanceSet(0), 0, new SegmentView()));
    }

    @Test
    void anyNumberMayBeAskedFor() {
        Replica replica = new Replica(null);
        table.add(replica);
        table.remove(replica);

        assertThat(table.find(replica.routeId)).isNull();
        assertThat(table.find(-1)).isNull();
        assertThat(table.find(Long.MIN_VALUE)).isNull();
        assertThat(table.find(Integer.MAX_VALUE)).isNull();
    }
}
