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
