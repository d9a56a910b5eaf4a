// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RouteRingTest {
    private final RouteRing ring = new RouteRing(4);
    private final FlowKey replica = new FlowKey().set(0, 0xffff_c612_0801L, 4321, 0, 0xffff_c612_01c8L, 80);
    private final List<String> read = new ArrayList<>();
    private final RouteRing.Reader reader = new RouteRing.Reader() {
        @Override
        public void onAdd(ByteBuffer records, int at) {
            read.add("add " + RouteRecord.routeId(records, at));
        }

        @Override
        public void onRemove(long routeId) {
            read.add("remove " + routeId);
        }
    };

    @Test
    void showsNothingBeforeTheFlush() {
        ring.add(1, replica, 0);
        assertThat(ring.drain(reader, 9)).isZero();

        assertThat(ring.flush()).isTrue();
        ring.drain(reader, 9);

        assertThat(read).containsExactly("add 1");
        assertThat(ring.flush()).isFalse();
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void refusesAnAnnouncementWhenFull() {
        for (int i = 0; i < 4; i++) {
            assertThat(ring.add(i, replica, 0)).isTrue();
        }
        assertThat(ring.add(4, replica, 0)).isFalse();

        ring.flush();
        ring.drain(reader, 1);

        assertThat(ring.add(4, replica, 0)).isTrue();
    }

    @Test
    void losesNoRemovalWhenFull() {
        for (int i = 0; i < 4; i++) {
            ring.add(i, replica, 0);
        }
        for (int i = 0; i < 100; i++) {
            ring.remove(i);
        }

        while (ring.flush()) {
            ring.drain(reader, 9);
        }

        assertThat(read).hasSize(104).contains("remove 0", "remove 99");
    }

    @Test
    void laysTheRecordOutAsTheProtocolSays() {
        ByteBuffer b = ByteBuffer.allocate(RouteRecord.LENGTH);

        RouteRecord.put(b, 0, 0x0102030405060708L, replica, 515, 0);

        assertThat(b.array())
                .asHexString()
                .isEqualTo("0102030405060708" + "00000000000000000000FFFFC6120801" + "00000000000000000000FFFFC61201C8"
                        + "10E1" + "0050" + "0203" + "0000");
    }

    @Test
    void spreadsRoutesOverConnections() {
        int[] perConnection = new int[3];
        for (long generation = 0; generation < 3; generation++) {
            for (long index = 0; index < 1000; index++) {
                perConnection[RouteRecord.connection(generation << 32 | index, 3)]++;
            }
        }

        assertThat(IntStream.of(perConnection)).allMatch(n -> n > 900 && n < 1100);
    }
}
