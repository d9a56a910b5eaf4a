// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoolWordsTest {
    @Test
    void saysWhatAGovernorDoes() {
        assertThat(PoolWords.governor(Double.NaN, Double.NaN, Double.NaN)).isEqualTo("?");
        assertThat(PoolWords.governor(0, 1, 0.4)).isEqualTo("takes all");
        assertThat(PoolWords.governor(1, 0.75, 1.2)).isEqualTo("sheds, takes 75 %, at 120 % of its budget");
        assertThat(PoolWords.governor(2, 0, 9)).isEqualTo("paused, at 900 % of its budget");
    }

    @Test
    void saysNeighbouringIdsAsRanges() {
        assertThat(PoolWords.ids(List.of())).isEmpty();
        assertThat(PoolWords.ids(List.of(5))).isEqualTo("5");
        assertThat(PoolWords.ids(List.of(7, 0, 2, 1))).isEqualTo("0-2, 7");
        assertThat(PoolWords.ids(IntStream.range(0, 1023).boxed().toList())).isEqualTo("0-1022");
    }
}
