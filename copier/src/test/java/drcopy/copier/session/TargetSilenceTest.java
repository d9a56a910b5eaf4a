// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetSilenceTest {
    private static final long SECOND = 1_000_000_000L;

    private final TargetSilence silence = new TargetSilence();

    @Test
    void timersBackOffWhileTheTargetAnswers() {
        silence.heard(10 * SECOND);
        assertThat(silence.nextExpiryNs(10 * SECOND + SECOND / 2, 8 * SECOND)).isEqualTo(18 * SECOND + SECOND / 2);
        silence.heard(11 * SECOND);
        assertThat(silence.pollOver()).isFalse();
    }

    @Test
    void oneAsksEachSecondWhileItIsSilent() {
        silence.heard(10 * SECOND);
        assertThat(silence.nextExpiryNs(11 * SECOND, 4 * SECOND)).isEqualTo(12 * SECOND);
        assertThat(silence.nextExpiryNs(11 * SECOND + 1, 4 * SECOND)).isEqualTo(15 * SECOND + 1);
        assertThat(silence.nextExpiryNs(12 * SECOND, 8 * SECOND)).isEqualTo(13 * SECOND);
        assertThat(silence.nextExpiryNs(13 * SECOND, SECOND / 2)).isEqualTo(13 * SECOND + SECOND / 2);
    }

    @Test
    void theFirstAnswerEndsItOnce() {
        silence.nextExpiryNs(SECOND, 2 * SECOND);
        assertThat(silence.pollOver()).isFalse();
        silence.heard(2 * SECOND);
        silence.heard(3 * SECOND);
        assertThat(silence.pollOver()).isTrue();
        assertThat(silence.pollOver()).isFalse();
    }
}
