// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.netio.FaultInjectingSink.Faults;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultInjectingSinkTest {
    private static final class Collecting implements PacketSink {
        final List<Integer> values = new ArrayList<>();
        private final ByteBuffer room = ByteBuffer.allocate(65536);

        @Override
        public ByteBuffer claim() {
            return room;
        }

        @Override
        public void commit(int length) {
            values.add(room.getInt(0));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static List<Integer> run(Faults faults, long seed, int packets) {
        Collecting end = new Collecting();
        try (FaultInjectingSink sink = new FaultInjectingSink(end, faults, seed)) {
            for (int i = 0; i < packets; i++) {
                sink.claim().putInt(0, i);
                sink.commit(4);
            }
            sink.flush();
            sink.flush();
            assertThat(end.values).hasSize((int) (packets - sink.dropped() + sink.duplicated()));
        }
        return end.values;
    }

    @Test
    void withoutFaultsAllPassInOrder() {
        assertThat(run(new Faults(0, 0, 0), 1, 100)).hasSize(100).isSorted();
    }

    @Test
    void losesTheAskedShare() {
        assertThat(run(new Faults(0.1, 0, 0), 1, 10_000).size()).isBetween(8_800, 9_200);
        assertThat(run(new Faults(1, 0, 0), 1, 100)).isEmpty();
    }

    @Test
    void doublesTheAskedShare() {
        assertThat(run(new Faults(0, 0.1, 0), 1, 10_000).size()).isBetween(10_800, 11_200);
    }

    @Test
    void reordersNeighboursAndLosesNone() {
        List<Integer> values = run(new Faults(0, 0, 0.2), 1, 1_000);

        assertThat(values).isNotEqualTo(values.stream().sorted().toList());
        assertThat(values).doesNotHaveDuplicates().hasSize(1_000);
    }

    @Test
    void theSameSeedGivesTheSameFaults() {
        Faults faults = new Faults(0.1, 0.1, 0.1);

        assertThat(run(faults, 7, 1000)).isEqualTo(run(faults, 7, 1000)).isNotEqualTo(run(faults, 8, 1000));
    }
}
