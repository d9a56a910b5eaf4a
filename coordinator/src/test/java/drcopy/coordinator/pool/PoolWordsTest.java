// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoolWordsTest {
    @Test
    void saysNeighbouringIdsAsRanges() {
        assertThat(PoolWords.ids(List.of())).isEmpty();
        assertThat(PoolWords.ids(List.of(5))).isEqualTo("5");
        assertThat(PoolWords.ids(List.of(7, 0, 2, 1))).isEqualTo("0-2, 7");
        assertThat(PoolWords.ids(IntStream.range(0, 1023).boxed().toList())).isEqualTo("0-1022");
    }
}
