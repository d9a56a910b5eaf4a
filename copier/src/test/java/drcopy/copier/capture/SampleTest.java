// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final long SECOND = 1_000_000_000L;

    /** Percent of many well-mixed hashes that are in. */
    private static double share(Sample sample) {
        SplittableRandom hashes = new SplittableRandom(7);
        int in = 0;
        for (int i = 0; i < 100_000; i++) {
            in += sample.contains(hashes.nextLong()) ? 1 : 0;
        }
        return in / 1_000.0;
    }

    @Test
    void takesAllOrNone() {
        assertThat(share(new Sample(100, Duration.ZERO))).isEqualTo(100);
        assertThat(new Sample(100, Duration.ZERO).contains(-1)).isTrue();
        assertThat(share(new Sample(0, Duration.ZERO))).isZero();
    }

    @Test
    void takesAnotherShareAtOnceWhenTold() {
        Sample sample = new Sample(100, Duration.ZERO);

        sample.setPercent(20);

        assertThat(share(sample)).isCloseTo(20, within(0.5));
    }

    @Test
    void growsToItsShareOverTheRamp() {
        Sample sample = new Sample(50, Duration.ofSeconds(10));

        sample.tick(5 * SECOND);
        double atStart = share(sample);
        sample.tick(7 * SECOND);
        double early = share(sample);
        sample.tick(15 * SECOND);
        double atEnd = share(sample);

        assertThat(atStart).isZero();
        assertThat(early).isCloseTo(10, within(0.5));
        assertThat(atEnd).isCloseTo(50, within(0.5));
    }

    @Test
    void keepsWhatItHadWhenTheShareGrows() {
        Sample small = new Sample(20, Duration.ZERO);
        Sample large = new Sample(60, Duration.ZERO);
        SplittableRandom hashes = new SplittableRandom(8);

        for (int i = 0; i < 10_000; i++) {
            long hash = hashes.nextLong();
            assertThat(large.contains(hash) || !small.contains(hash)).isTrue();
        }
    }

    @Test
    void refusesAShareThatCannotBe() {
        assertThatThrownBy(() -> new Sample(101, Duration.ZERO)).hasMessage("percent 101 must be 0..100");
    }

    @Test
    void shedsInTheOrderOfHashesWithinTheSample() {
        Sample sample = new Sample(60, Duration.ZERO);
        assertThat(sample.isShed(-1)).isFalse();
        SplittableRandom hashes = new SplittableRandom(11);
        int shed = 0;
        for (int i = 0; i < 10_000; i++) {
            long hash = hashes.nextLong();
            sample.admit(0.5);
            boolean atHalf = sample.isShed(hash);
            sample.admit(0.25);
            assertThat(!atHalf || sample.isShed(hash)).isTrue();
            shed += sample.contains(hash) && atHalf ? 1 : 0;
        }
        assertThat(shed / 100.0).isCloseTo(30, within(1.5));
    }
}
