// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void givesPercentilesWithinThreePercent() {
        for (long us = 1; us <= 100_000; us++) {
            latencies.record(us * 1000);
        }

        assertThat(latencies.percentileNs(50)).isCloseTo(50_000_000, withinPercentage(4));
        assertThat(latencies.percentileNs(99)).isCloseTo(99_000_000, withinPercentage(4));
        assertThat(latencies.percentileNs(100)).isEqualTo(100_000_000);
        assertThat(latencies.maxNs()).isEqualTo(100_000_000);
    }

    @Test
    void isExactForSmallValues() {
        for (long ns = 0; ns < 64; ns++) {
            latencies.record(ns);
        }

        assertThat(latencies.percentileNs(50)).isEqualTo(31);
        assertThat(latencies.percentileNs(100)).isEqualTo(63);
    }

    @Test
    void takesTheLargestAndNegativeValues() {
        latencies.record(Long.MAX_VALUE);
        latencies.record(-1);

        assertThat(latencies.percentileNs(1)).isZero();
        assertThat(latencies.percentileNs(100)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void isZeroWithoutValues() {
        assertThat(latencies.percentileNs(99)).isZero();
    }
}
