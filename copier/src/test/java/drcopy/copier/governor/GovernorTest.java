// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import drcopy.copier.governor.Verdict.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GovernorTest {
    private static final Budget BUDGET = new Budget(50, 100, 10_000);

    private final Governor governor = new Governor(BUDGET);

    private Verdict packets(double perSecond, int seconds) {
        Verdict last = null;
        for (int i = 0; i < seconds; i++) {
            last = governor.decide(new Usage(0, 0, perSecond, 0));
        }
        return last;
    }

    @ParameterizedTest
    @CsvSource({
        // CPU, Mbit/s, packets/s, memory; state, share, scarcest, load
        "0,     0,     0,  0.0,  RUN,  1,   CPU,       0",
        "50,  100, 10000,  0.9,  RUN,  1,   CPU,       1",
        "60,    0,     0,  0.0,  SHED, .75, CPU,       1.2",
        "10,  180,     0,  0.0,  SHED, .5,  BANDWIDTH, 1.8",
        "10,   10, 12000,  0.0,  SHED, .75, PACKETS,   1.2",
        "10,   10,     1, 0.99,  SHED, .82, MEMORY,    1.1",
        "500,   0,     0,  0.0,  SHED, .5,  CPU,       10",
    })
    void judgesTheScarcestResource(
            double cpu,
            double mbit,
            double packets,
            double memory,
            State state,
            double share,
            Resource scarcest,
            double load) {
        Verdict verdict = governor.decide(new Usage(cpu, mbit, packets, memory));

        assertThat(verdict.state()).isEqualTo(state);
        assertThat(verdict.share()).isCloseTo(share, within(0.01));
        assertThat(verdict.resource()).isEqualTo(scarcest);
        assertThat(verdict.load()).isCloseTo(load, within(0.001));
    }

    @Test
    void knowsNoLimitThatWasNotGiven() {
        Governor unlimited = new Governor(Budget.NONE);

        assertThat(unlimited.decide(new Usage(800, 10_000, 1e6, 1)).state()).isEqualTo(State.RUN);
    }

    @Test
    void settlesWhereTheLoadIsJustWithinItsBudget() {
        Verdict verdict = Verdict.RUNNING;
        for (int i = 0; i < 20; i++) {
            verdict = packets(25_000 * verdict.share(), 1);
        }

        assertThat(verdict.state()).isEqualTo(State.SHED);
        assertThat(verdict.load()).isBetween(0.8, 1.0);
    }

    @Test
    void changesNothingBetweenCalmAndFull() {
        double share = packets(12_000, 1).share();

        assertThat(packets(9_000, 60).share()).isEqualTo(share);
        assertThat(packets(9_000, 1).state()).isEqualTo(State.SHED);
    }

    @Test
    void recoversStepByStepAfterCalmSeconds() {
        packets(20_000, 2);

        assertThat(packets(1_000, 1).share()).isCloseTo(0.25, within(0.03));
        assertThat(packets(1_000, 1).share()).isCloseTo(0.375, within(0.03));
        assertThat(packets(1_000, 8).state()).isEqualTo(State.RUN);
        assertThat(packets(1_000, 1).share()).isEqualTo(1);
    }

    @Test
    void oneSecondOfLoadBeginsTheCalmAnew() {
        double share = packets(12_000, 1).share();

        packets(1_000, 1);
        packets(9_000, 1);

        assertThat(packets(1_000, 1).share()).isEqualTo(share);
    }

    @Test
    void pausesFarAboveItsBudgetAndBeginsSmallAfterARest() {
        assertThat(packets(30_000, 2).state()).isEqualTo(State.SHED);
        assertThat(packets(30_000, 1))
                .extracting(Verdict::state, Verdict::share)
                .containsExactly(State.PAUSED, 0.0);
        assertThat(packets(0, 9).state()).isEqualTo(State.PAUSED);
        assertThat(packets(0, 1)).extracting(Verdict::state, Verdict::share).containsExactly(State.SHED, 0.05);
        assertThat(packets(100, 20).state()).isEqualTo(State.RUN);
    }

    @Test
    void pausesWhenLiveSessionsAloneAreTooMuch() {
        assertThat(packets(12_000, 17).state()).isEqualTo(State.SHED);
        assertThat(packets(12_000, 12).state()).isEqualTo(State.PAUSED);
    }

    @Test
    void explainsItself() {
        assertThat(packets(12_000, 1).text())
                .isEqualTo("packet rate at 120 % of its budget: new sessions are taken up from 75 % of all");
        assertThat(packets(90_000, 3).text()).isEqualTo("packet rate at 900 % of its budget: mirroring is paused");
        assertThat(Verdict.RUNNING.text()).isEqualTo("CPU at 0 % of its budget: every session is mirrored");
    }
}
