// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static drcopy.copier.session.HoldRule.Verdict.ANSWERED;
import static drcopy.copier.session.HoldRule.Verdict.EXPIRED;
import static drcopy.copier.session.HoldRule.Verdict.HOLD;
import static drcopy.copier.session.HoldRule.Verdict.SILENT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HoldRuleTest {
    private static final long MS = 1_000_000;
    private static final long HOLD_NS = 5_000 * MS;

    private final HoldRule rule = new HoldRule();

    @BeforeEach
    void connectionStands() {
        rule.start(0);
    }

    private static Segment request(int answer, int length) {
        Segment segment = new Segment(null, 0);
        segment.answer = answer;
        segment.length = length;
        return segment;
    }

    private HoldRule.Verdict verdict(Segment segment, long nowNs) {
        return rule.verdict(segment, true, 0, HOLD_NS, nowNs);
    }

    @Test
    void releasesWhenAsManyBytesCame() {
        Segment next = request(300, 10);
        rule.onAnswer(299, false, true, MS);
        assertThat(verdict(next, MS)).isEqualTo(HOLD);
        rule.onAnswer(1, false, true, MS);
        assertThat(verdict(next, MS)).isEqualTo(ANSWERED);
    }

    @Test
    void countsFromTheLastRelease() {
        rule.onAnswer(500, true, true, MS);
        rule.onRelease(request(300, 10), ANSWERED, MS);

        assertThat(rule.answered()).isZero();
        assertThat(verdict(request(200, 10), 2 * MS)).isEqualTo(HOLD);
    }

    @Test
    void releasesWhenAPushedAnswerIsFollowedBySilence() {
        Segment next = request(300, 10);
        rule.onAnswer(100, true, true, 10 * MS);

        assertThat(rule.verdict(next, true, 4 * MS, HOLD_NS, 13 * MS)).isEqualTo(HOLD);
        assertThat(rule.dueNs()).isEqualTo(14 * MS);
        assertThat(rule.verdict(next, true, 4 * MS, HOLD_NS, 14 * MS)).isEqualTo(SILENT);
    }

    @Test
    void silenceTellsNothingWhileTheRequestIsOnItsWay() {
        rule.onAnswer(100, true, true, 0);

        assertThat(rule.verdict(request(300, 10), false, 0, HOLD_NS, 100 * MS)).isEqualTo(HOLD);
    }

    @Test
    void expiresAfterTheLongestHold() {
        rule.onAllAcknowledged(MS);

        assertThat(verdict(request(300, 10), HOLD_NS)).isEqualTo(HOLD);
        assertThat(rule.dueNs()).isEqualTo(HOLD_NS + MS);
        assertThat(verdict(request(300, 10), HOLD_NS + MS)).isEqualTo(EXPIRED);
    }

    @Test
    void releasesWhenTheTargetHasClosed() {
        rule.onClose();

        assertThat(verdict(request(300, 10), 0)).isEqualTo(ANSWERED);
    }

    @Test
    void neverHoldsWithoutHold() {
        assertThat(rule.verdict(request(300, 10), true, 0, 0, 0)).isEqualTo(ANSWERED);
    }

    @Test
    void finThatCountsOnlinesFinNeedsSilenceOnly() {
        Segment fin = request(101, 0);
        rule.onAnswer(100, false, true, 10 * MS);

        assertThat(verdict(fin, 10 * MS)).isEqualTo(HOLD);
        assertThat(verdict(fin, 11 * MS)).isEqualTo(SILENT);
    }

    @Test
    void seesMoreThanOneAnswerOnlyBehindAWholeOne() {
        assertThat(rule.isWhole(0, 10 * MS)).isFalse();
        rule.onAnswer(100, true, true, 10 * MS);

        assertThat(rule.isWhole(0, 10 * MS)).isFalse();
        assertThat(rule.isWhole(0, 11 * MS)).isTrue();
        assertThat(rule.isMoreThanOneAnswer(101)).isTrue();
        assertThat(rule.isMoreThanOneAnswer(100)).isFalse();
    }

    @Test
    void allowsForTargetsThatAnswerShorter() {
        rule.onAnswer(50, true, true, 0);
        rule.onRelease(request(100, 10), ANSWERED, 0);
        rule.onAnswer(100, true, true, 0);

        assertThat(rule.isMoreThanOneAnswer(250)).isFalse();
        assertThat(rule.isMoreThanOneAnswer(251)).isTrue();
    }
}
