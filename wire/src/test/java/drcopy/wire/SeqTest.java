// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeqTest {
    private static final int HALF = 0x80000000;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, -6, HALF, HALF - 1, HALF + 1, 0x12345678})
    void ordersNumbersAcrossTheWrap(int a) {
        for (int distance : new int[] {1, 2, 10, 65536, HALF - 1}) {
            int b = a + distance;

            assertThat(Seq.lessThan(a, b)).isTrue();
            assertThat(Seq.lessThan(b, a)).isFalse();
            assertThat(Seq.lessOrEqual(a, b)).isTrue();
            assertThat(Seq.lessOrEqual(b, a)).isFalse();
            assertThat(Seq.greaterThan(b, a)).isTrue();
            assertThat(Seq.greaterThan(a, b)).isFalse();
            assertThat(Seq.greaterOrEqual(b, a)).isTrue();
            assertThat(Seq.greaterOrEqual(a, b)).isFalse();
            assertThat(Seq.max(a, b)).isEqualTo(b);
            assertThat(Seq.max(b, a)).isEqualTo(b);
            assertThat(Seq.min(a, b)).isEqualTo(a);
            assertThat(Seq.min(b, a)).isEqualTo(a);
            assertThat(Seq.distance(a, b)).isEqualTo(distance);
            assertThat(Seq.distance(b, a)).isEqualTo(-distance);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, HALF})
    void equalNumbersAreNeitherBeforeNorAfter(int a) {
        assertThat(Seq.lessThan(a, a)).isFalse();
        assertThat(Seq.greaterThan(a, a)).isFalse();
        assertThat(Seq.lessOrEqual(a, a)).isTrue();
        assertThat(Seq.greaterOrEqual(a, a)).isTrue();
        assertThat(Seq.max(a, a)).isEqualTo(a);
        assertThat(Seq.min(a, a)).isEqualTo(a);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -5, -1, HALF - 3})
    void windowHoldsItsFirstButNotItsEnd(int from) {
        assertThat(Seq.inWindow(from - 1, from, 10)).isFalse();
        assertThat(Seq.inWindow(from, from, 10)).isTrue();
        assertThat(Seq.inWindow(from + 9, from, 10)).isTrue();
        assertThat(Seq.inWindow(from + 10, from, 10)).isFalse();
        assertThat(Seq.inWindow(from, from, 0)).isFalse();
        assertThat(Seq.inWindow(from + HALF - 2, from, Integer.MAX_VALUE)).isTrue();
        assertThat(Seq.inWindow(from + HALF - 1, from, Integer.MAX_VALUE)).isFalse();
    }

    @Test
    void agreesWithLongArithmetic() {
        Random random = new Random(9293);
        for (int i = 0; i < 100_000; i++) {
            long a = random.nextLong() >>> 8;
            long b = a + random.nextInt();
            boolean before = a < b;

            assertThat(Seq.lessThan((int) a, (int) b)).isEqualTo(before || b - a == Integer.MIN_VALUE);
            assertThat((long) Seq.distance((int) a, (int) b)).isEqualTo(b - a);
        }
    }
}
