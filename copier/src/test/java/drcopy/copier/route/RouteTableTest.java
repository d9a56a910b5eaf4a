// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private final RouteTable table = new RouteTable();
    private final ByteBuffer record = ByteBuffer.allocate(RouteRecord.LENGTH);

    private void put(long id) {
        RouteRecord.put(record, 0, id, new FlowKey(), 0, 0);
        table.put(record, 0);
    }

    private Set<Long> content() {
        Set<Long> ids = new HashSet<>();
        for (int slot = 0; slot < table.slots(); slot++) {
            if (table.isUsed(slot)) {
                ids.add(table.routeId(slot));
            }
        }
        return ids;
    }

    @Test
    void holdsWhatASetWouldHoldAfterManyChanges() {
        Random random = new Random(42);
        Set<Long> model = new HashSet<>();
        List<Long> order = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            if (random.nextInt(3) > 0 || order.isEmpty()) {
                long id = (long) random.nextInt(40) << 32 | random.nextInt(500);
                put(id);
                model.add(id);
                order.add(id);
            } else {
                long id = order.remove(random.nextInt(order.size()));
                assertThat(table.remove(id)).isEqualTo(model.remove(id));
            }
        }

        assertThat(table.size()).isEqualTo(model.size());
        assertThat(content()).isEqualTo(model);
    }

    @Test
    void reusesThePlacesOfRemovedRoutes() {
        for (long id = 0; id < 100_000; id++) {
            put(id);
            assertThat(table.remove(id)).isTrue();
        }

        assertThat(table.size()).isZero();
        assertThat(table.slots()).isLessThan(10_000);
    }
}
