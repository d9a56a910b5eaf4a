// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetransmitTimerTest {
    private static final long MS = 1_000_000;

    private final RetransmitTimer timer = new RetransmitTimer();

    @Test
    void beginsWithASecond() {
        assertThat(timer.rtoNs()).isEqualTo(1000 * MS);
    }

    @Test
    void firstSampleSetsTheEstimate() {
        timer.sample(300 * MS);

        assertThat(timer.srttNs()).isEqualTo(300 * MS);
        assertThat(timer.rtoNs()).isEqualTo(900 * MS); // RFC 6298 (2.2): SRTT + 4 * R/2
    }

    @Test
    void laterSamplesSmoothIt() {
        timer.sample(300 * MS);
        timer.sample(100 * MS);

        assertThat(timer.srttNs()).isEqualTo(275 * MS);
        assertThat(timer.rtoNs()).isEqualTo(275 * MS + 4 * (150 * MS + 50 * MS / 4));
    }

    @Test
    void isNeverUnder200Milliseconds() {
        timer.sample(MS);

        assertThat(timer.rtoNs()).isEqualTo(200 * MS);
    }

    @Test
    void doublesUpToEightSeconds() {
        timer.sample(MS);
        timer.backOff();
        assertThat(timer.rtoNs()).isEqualTo(400 * MS);
        for (int i = 0; i < 20; i++) {
            timer.backOff();
        }
        assertThat(timer.rtoNs()).isEqualTo(8000 * MS);
        assertThat(timer.synRtoNs()).isEqualTo(4000 * MS);
    }

    @Test
    void newDataAcknowledgedEndsTheBackoff() {
        timer.backOff();
        timer.acknowledged(1, 0);

        assertThat(timer.rtoNs()).isEqualTo(1000 * MS);
    }

    @Test
    void timesOneSegmentAtATime() {
        timer.sent(100, 0);
        timer.sent(200, 10 * MS);
        timer.acknowledged(99, 20 * MS);
        assertThat(timer.srttNs()).isZero();
        timer.acknowledged(200, 30 * MS);
        assertThat(timer.srttNs()).isEqualTo(30 * MS);
    }

    @Test
    void doesNotTimeWhatWasSentTwice() {
        timer.sent(100, 0);
        timer.retransmitted();
        timer.acknowledged(100, 30 * MS);

        assertThat(timer.srttNs()).isZero();
    }

    @Test
    void probesAfterTwoRoundTrips() {
        timer.sample(30 * MS);

        assertThat(timer.ptoNs()).isEqualTo(60 * MS);
    }

    @Test
    void probesBeforeTheTimeoutOnly() {
        assertThat(timer.ptoNs()).as("nothing measured").isEqualTo(timer.rtoNs());
        timer.sample(MS);
        timer.backOff();
        assertThat(timer.ptoNs()).as("backed off").isEqualTo(timer.rtoNs());
    }

    @Test
    void probesLessOftenUntilAnAcknowledgmentIsQuick() {
        timer.sample(MS / 3);
        assertThat(timer.ptoNs()).isEqualTo(10 * MS);
        timer.probed();
        timer.probed();
        timer.sample(11 * MS);
        assertThat(timer.ptoNs()).isEqualTo(40 * MS);
        timer.sample(MS / 3);
        assertThat(timer.ptoNs()).isEqualTo(10 * MS);
    }
}
