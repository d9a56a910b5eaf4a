// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EverySecondsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void isDueAtOnceAndThenOncePerInterval() {
        EverySeconds every = new EverySeconds(5);
        assertThat(every.isDue(SECOND)).isTrue();
        assertThat(every.isDue(2 * SECOND)).isFalse();
        assertThat(every.isDue(6 * SECOND - 1)).isFalse();
        assertThat(every.isDue(6 * SECOND)).isTrue();
    }

    @Test
    void countsWhatItLeavesOut() {
        EverySeconds every = new EverySeconds(5);
        every.isDue(0);
        every.isDue(1);
        every.isDue(2);
        assertThat(every.takeSuppressed()).isEqualTo(2);
        assertThat(every.takeSuppressed()).isZero();
    }

    @Test
    void survivesAClockThatWraps() {
        EverySeconds every = new EverySeconds(5);
        assertThat(every.isDue(Long.MAX_VALUE)).isTrue();
        assertThat(every.isDue(Long.MAX_VALUE + SECOND)).isFalse();
        assertThat(every.isDue(Long.MAX_VALUE + 5 * SECOND)).isTrue();
    }
}
