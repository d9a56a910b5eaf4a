// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistributionTest {
    private final Distribution batches = new Distribution(Distribution.Kind.BATCH);

    @ParameterizedTest
    @CsvSource({"-5,0", "0,0", "1,0", "2,1", "3,2", "4,2", "5,3", "1024,10", "524288,19", "524289,20", "9000000000,20"})
    void countsAValueInTheFirstBucketThatHoldsIt(long value, int bucket) {
        batches.record(value);

        assertThat(batches.counts()[bucket]).isOne();
        if (bucket < Distribution.Kind.BATCH.bounds().length) {
            assertThat(Distribution.Kind.BATCH.bounds()[bucket]).isGreaterThanOrEqualTo((double) value);
        }
    }

    @Test
    void sumsInTheUnitOfTheMetric() {
        Distribution lag = new Distribution(Distribution.Kind.REPLAY_LAG);

        lag.record(1_500_000_000L);
        lag.record(500_000_000L);

        assertThat(lag.sum()).isEqualTo(2.0);
    }
}
