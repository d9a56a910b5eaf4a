// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.interceptor.routing.ParkingTable.Outcome;
import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ParkingTableTest {
    private static final long TTL = 100;
    private final ByteBuffer record = ByteBuffer.allocate(20);

    private static FlowKey flow(int n) {
        return new FlowKey().set(0, n, 1000 + n, 0, 1, 80);
    }

    private Outcome park(ParkingTable table, int flow, long value, long nowNs) {
        record.putLong(4, value);
        return table.park(flow(flow), record, 4, nowNs);
    }

    private static List<Long> release(ParkingTable table, int flow) {
        List<Long> values = new ArrayList<>();
        int count = table.release(flow(flow), (buffer, at) -> values.add(buffer.getLong(at)));
        assertThat(values).hasSize(count);
        return values;
    }

    @Test
    void releasesTheRecordsOfAFlowInTheirOrderAndOnce() {
        ParkingTable table = new ParkingTable(16, 8, TTL, 8);
        park(table, 1, 11, 0);
        park(table, 2, 21, 1);
        park(table, 1, 12, 2);
        park(table, 1, 13, 3);
        assertThat(release(table, 1)).containsExactly(11L, 12L, 13L);
        assertThat(release(table, 1)).isEmpty();
        assertThat(table.size()).isEqualTo(1);
        assertThat(release(table, 2)).containsExactly(21L);
    }

    @Test
    void expiresRecordsWhenTheirTimeIsUpAndNotBefore() {
        ParkingTable table = new ParkingTable(16, 8, TTL, 8);
        park(table, 1, 11, 0);
        park(table, 1, 12, 50);
        assertThat(table.nextExpiryNs()).isEqualTo(TTL);
        assertThat(table.expire(TTL - 1)).isZero();
        assertThat(table.expire(TTL)).isEqualTo(1);
        assertThat(release(table, 1)).containsExactly(12L);
        assertThat(table.nextExpiryNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void evictsTheOldestOfAllWhenItIsFull() {
        ParkingTable table = new ParkingTable(3, 3, TTL, 8);
        park(table, 1, 11, 0);
        park(table, 2, 21, 1);
        park(table, 1, 12, 2);
        assertThat(park(table, 3, 31, 3)).isEqualTo(Outcome.PARKED_EVICTING);
        assertThat(table.size()).isEqualTo(3);
        assertThat(release(table, 1)).containsExactly(12L);
        assertThat(release(table, 2)).containsExactly(21L);
        assertThat(release(table, 3)).containsExactly(31L);
    }

    @Test
    void evictsTheOldestOfTheVeryFlowThatIsParked() {
        ParkingTable table = new ParkingTable(1, 1, TTL, 8);
        park(table, 1, 11, 0);
        assertThat(park(table, 2, 21, 1)).isEqualTo(Outcome.PARKED_EVICTING);
        assertThat(park(table, 2, 22, 1)).isEqualTo(Outcome.FLOW_FULL);
        assertThat(release(table, 2)).containsExactly(21L);
    }

    @Test
    void letsNoFlowHaveMoreThanItsShare() {
        ParkingTable table = new ParkingTable(16, 2, TTL, 8);
        park(table, 1, 11, 0);
        park(table, 1, 12, 0);
        assertThat(park(table, 1, 13, 0)).isEqualTo(Outcome.FLOW_FULL);
        assertThat(release(table, 1)).containsExactly(11L, 12L);
        assertThat(park(table, 1, 14, 0)).isEqualTo(Outcome.PARKED);
    }

    @Test
    void behavesAsQueuesByFlowUnderRandomUse() {
        Random random = new Random(11);
        int capacity = 200;
        ParkingTable table = new ParkingTable(capacity, 5, TTL, 8);
        Map<Integer, ArrayDeque<long[]>> model = new HashMap<>();
        ArrayDeque<long[]> byAge = new ArrayDeque<>();
        for (long step = 0; step < 100_000; step++) {
            int flow = random.nextInt(120);
            long nowNs = step / 3;
            if (random.nextInt(10) == 0) {
                int expired = 0;
                while (!byAge.isEmpty() && nowNs - byAge.peek()[2] >= TTL) {
                    long[] oldest = byAge.remove();
                    model.get((int) oldest[0]).remove();
                    expired++;
                }
                assertThat(table.expire(nowNs)).isEqualTo(expired);
            } else if (random.nextInt(4) == 0) {
                List<Long> expected = new ArrayList<>();
                model.getOrDefault(flow, new ArrayDeque<>()).forEach(r -> expected.add(r[1]));
                model.remove(flow);
                for (Iterator<long[]> i = byAge.iterator(); i.hasNext(); ) {
                    if (i.next()[0] == flow) {
                        i.remove();
                    }
                }
                assertThat(release(table, flow)).as("step " + step).isEqualTo(expected);
            } else {
                parkInBoth(table, model, byAge, capacity, new long[] {flow, step, nowNs});
            }
            assertThat(table.size()).isEqualTo(byAge.size());
        }
    }

    private void parkInBoth(
            ParkingTable table,
            Map<Integer, ArrayDeque<long[]>> model,
            ArrayDeque<long[]> byAge,
            int capacity,
            long[] r) {
        ArrayDeque<long[]> queue = model.computeIfAbsent((int) r[0], f -> new ArrayDeque<>());
        Outcome outcome = park(table, (int) r[0], r[1], r[2]);
        if (queue.size() == 5) {
            assertThat(outcome).isEqualTo(Outcome.FLOW_FULL);
            return;
        }
        assertThat(outcome).isEqualTo(byAge.size() == capacity ? Outcome.PARKED_EVICTING : Outcome.PARKED);
        if (byAge.size() == capacity) {
            model.get((int) byAge.remove()[0]).remove();
        }
        queue.add(r);
        byAge.add(r);
    }
}
