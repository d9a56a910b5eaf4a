// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long NOW = 5_000;

    private static final long NEVER = Long.MAX_VALUE;

    @Test
    void keepsTheDistancesOfTheCapture() {
        Pace pace = new Pace(1, NEVER);

        assertThat(pace.dueNs(100, NOW)).isEqualTo(NOW);
        assertThat(pace.dueNs(130, NOW + 1)).isEqualTo(NOW + 30);
        assertThat(pace.dueNs(130, NOW + 99)).isEqualTo(NOW + 30);
        assertThat(pace.dueNs(1_100, NOW + 99)).isEqualTo(NOW + 1_000);
    }

    @Test
    void dividesThemByTheSpeed() {
        Pace pace = new Pace(2.5, NEVER);
        pace.dueNs(0, NOW);

        assertThat(pace.dueNs(1_000, NOW)).isEqualTo(NOW + 400);
    }

    @Test
    void leavesOutGapsThatAreTooLongAndSaysHowMuch() {
        Pace pace = new Pace(2, 100);
        pace.dueNs(0, NOW);

        assertThat(pace.dueNs(100, NOW)).isEqualTo(NOW + 50);
        assertThat(pace.dueNs(301, NOW)).isEqualTo(NOW + 50);
        assertThat(pace.dueNs(311, NOW)).isEqualTo(NOW + 55);
        assertThat(pace.skippedNs()).isEqualTo(201);
    }

    @Test
    void aPacketCapturedOutOfOrderIsDueWithItsPredecessor() {
        Pace pace = new Pace(1, NEVER);
        pace.dueNs(100, NOW);
        pace.dueNs(200, NOW);

        assertThat(pace.dueNs(150, NOW)).isEqualTo(NOW + 100);
        assertThat(pace.dueNs(210, NOW)).isEqualTo(NOW + 110);
    }

    @Test
    void aPausePostponesWhatFollows() {
        Pace pace = new Pace(1, NEVER);
        pace.dueNs(0, NOW);
        pace.postpone(700);

        assertThat(pace.dueNs(10, NOW)).isEqualTo(NOW + 710);
    }
}
