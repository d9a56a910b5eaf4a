// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class RatioTest {
    @Test
    void meanOfRatiosIsGeometric() {
        assertThat(Ratio.of("rate", runs(2, 8), runs(1, 1)).mean()).isCloseTo(4, within(1e-9));
    }

    /** Logarithms -0.1, 0, 0.1 and 0: a standard error of 0.0408, and 3.182 of them at three degrees of freedom. */
    @Test
    void intervalIsStudents() {
        Ratio ratio = Ratio.of("rate", runs(Math.exp(-0.1), 1, Math.exp(0.1), 1), runs(1, 1, 1, 1));
        assertThat(Math.log(ratio.high())).isCloseTo(3.182 * 0.0408, within(0.003));
        assertThat(Math.log(ratio.low())).isCloseTo(-3.182 * 0.0408, within(0.003));
    }

    @Test
    void onePairHasNoInterval() {
        assertThat(Ratio.of("rate", runs(2), runs(1)).high()).isNaN();
    }

    private static List<Figures> runs(double... rates) {
        return DoubleStream.of(rates).mapToObj(Figures::of).toList();
    }
}
