// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.FlowKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static FlowKey flow(int n) {
        return new FlowKey().set(0, 0xffff_c612_0000L + n % 7, 1024 + n % 60000, n % 3, 0xffff_c612_01c8L, 80);
    }

    private static void checkAgainst(Map<FlowKey, long[]> model, RouteTable table, String when) {
        assertThat(table.size()).as(when).isEqualTo(model.size());
        model.forEach((key, route) -> {
            int e = table.find(key);
            assertThat(e).as(when + " " + key).isNotEqualTo(RouteTable.NONE);
            assertThat(table.stream(e)).isEqualTo((int) route[0]);
            assertThat(table.routeId(e)).isEqualTo(route[1]);
            assertThat(table.payloadWanted(e)).isEqualTo((int) route[2]);
            assertThat(table.find((int) route[0], route[1])).isEqualTo(e);
        });
    }

    @Test
    void behavesAsAMapUnderRandomAddsAndRemoves() {
        Random random = new Random(7);
        RouteTable table = new RouteTable(100_000);
        Map<FlowKey, long[]> model = new HashMap<>();
        for (int step = 0; step < 200_000; step++) {
            FlowKey key = flow(random.nextInt(9000));
            int present = table.find(key);
            assertThat(present != RouteTable.NONE).as("step " + step).isEqualTo(model.containsKey(key));
            if (present != RouteTable.NONE) {
                table.remove(present);
                model.remove(key);
            } else {
                long[] route = {1 + random.nextInt(RouteTable.MAX_STREAM), step, random.nextInt(65536)};
                table.add(key, (int) route[0], route[1], (int) route[2]);
                model.put(new FlowKey().set(key), route);
            }
            if (step % 20_000 == 0) {
                checkAgainst(model, table, "step " + step);
            }
        }
        checkAgainst(model, table, "at the end");
    }

    @Test
    void dropsTheRoutesOfOneStreamAndNoOther() {
        RouteTable table = new RouteTable(10_000);
        for (int n = 0; n < 6000; n++) {
            table.add(flow(n), 1 + n % 3, n, 0);
        }
        assertThat(table.removeStream(2)).isEqualTo(2000);
        assertThat(table.size()).isEqualTo(4000);
        assertThat(table.size(2)).isZero();
        for (int n = 0; n < 6000; n++) {
            assertThat(table.find(flow(n)) == RouteTable.NONE).as("flow " + n).isEqualTo(n % 3 == 1);
        }
    }

    @Test
    void sweepsWhatASnapshotDidNotName() {
        RouteTable table = new RouteTable(100);
        for (int n = 0; n < 10; n++) {
            table.add(flow(n), 1, n, 0);
        }
        table.add(flow(50), 2, 50, 0);
        table.beginSnapshot(1);
        for (int n = 5; n < 10; n++) {
            table.remove(table.find(flow(n)));
            table.add(flow(n), 1, n, 0);
        }
        table.add(flow(20), 1, 20, 0);
        assertThat(table.sweep(1)).isEqualTo(5);
        assertThat(table.size(1)).isEqualTo(6);
        assertThat(table.find(flow(0))).isEqualTo(RouteTable.NONE);
        assertThat(table.find(flow(5))).isNotEqualTo(RouteTable.NONE);
        assertThat(table.find(flow(50))).as("the other stream's").isNotEqualTo(RouteTable.NONE);
    }

    @Test
    void tellsApartRoutesThatDifferInOneFieldOnly() {
        RouteTable table = new RouteTable(100);
        FlowKey[] keys = {
            new FlowKey().set(1, 2, 3, 4, 5, 6),
            new FlowKey().set(9, 2, 3, 4, 5, 6),
            new FlowKey().set(1, 9, 3, 4, 5, 6),
            new FlowKey().set(1, 2, 9, 4, 5, 6),
            new FlowKey().set(1, 2, 3, 9, 5, 6),
            new FlowKey().set(1, 2, 3, 4, 9, 6),
            new FlowKey().set(1, 2, 3, 4, 5, 9),
        };
        for (int i = 0; i < keys.length; i++) {
            assertThat(table.find(keys[i])).isEqualTo(RouteTable.NONE);
            table.add(keys[i], 1, i, 0);
        }
        for (int i = 0; i < keys.length; i++) {
            assertThat(table.routeId(table.find(keys[i]))).isEqualTo(i);
        }
    }

    @Test
    void usesThePlaceOfARemovedRouteAgain() {
        RouteTable table = new RouteTable(1);
        for (int n = 0; n < 5000; n++) {
            assertThat(table.isFull()).isFalse();
            int e = table.add(flow(n), 1, n, 0);
            assertThat(e).isZero();
            assertThat(table.isFull()).isTrue();
            table.remove(e);
        }
    }
}
