// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Many runs of {@link SessionSim}. {@code -Dsim.seeds=100000} runs more of them, {@code -Dsim.first=4711} from another seed on.
 */
class SessionSimTest {
    private static final int BLOCK = 50;

    @TestFactory
    Stream<DynamicTest> invariantsHoldInAllWeathers() {
        long first = Long.getLong("sim.first", 1);
        long seeds = Long.getLong("sim.seeds", 600);
        return LongStream.iterate(first, from -> from < first + seeds, from -> from + BLOCK)
                .mapToObj(from -> {
                    long to = Math.min(from + BLOCK, first + seeds);
                    return DynamicTest.dynamicTest("seeds " + from + " to " + (to - 1), () -> runAll(from, to));
                });
    }

    private static void runAll(long from, long to) {
        for (long seed = from; seed < to; seed++) {
            SessionSim.run(seed);
        }
    }

    @Test
    void sameSeedSendsTheSameBytes() {
        for (long seed = 1; seed <= 30; seed++) {
            assertThat(SessionSim.run(seed)).as("seed " + seed).isEqualTo(SessionSim.run(seed));
        }
    }
}
