// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CongestionWindowTest {
    private static final int MSS = 1000;

    private final CongestionWindow congestion = new CongestionWindow();

    @BeforeEach
    void start() {
        congestion.start(MSS);
    }

    @Test
    void beginsWithTenSegments() {
        assertThat(congestion.window()).isEqualTo(10 * MSS);
    }

    @Test
    void largeSegmentsBeginWithRfc6928sBytes() {
        congestion.start(9000);

        assertThat(congestion.window()).isEqualTo(18_000);
    }

    @Test
    void slowStartGrowsByWhatIsAcknowledged() {
        congestion.onNewAck(1000, 1000, 10_000);

        assertThat(congestion.window()).isEqualTo(11_000);
    }

    @Test
    void doesNotGrowWhenItIsNotUsed() {
        congestion.onNewAck(1000, 1000, 1000);

        assertThat(congestion.window()).isEqualTo(10_000);
    }

    @Test
    void thirdDuplicateBeginsRecovery() {
        assertThat(congestion.onDuplicateAck(1, 10_001, 10_000)).isFalse();
        assertThat(congestion.onDuplicateAck(1, 10_001, 10_000)).isFalse();
        assertThat(congestion.onDuplicateAck(1, 10_001, 10_000)).isTrue();
        assertThat(congestion.window()).isEqualTo(5_000 + 3 * MSS);
        assertThat(congestion.onDuplicateAck(1, 10_001, 10_000)).isFalse();
        assertThat(congestion.window()).isEqualTo(5_000 + 4 * MSS);
    }

    @Test
    void partialAcknowledgmentRetransmitsTheNextLoss() {
        for (int i = 0; i < 3; i++) {
            congestion.onDuplicateAck(1, 10_001, 10_000);
        }
        assertThat(congestion.onNewAck(3_001, 3_000, 10_000)).isTrue();
        assertThat(congestion.isRecovering()).isTrue();
        assertThat(congestion.onNewAck(10_001, 7_000, 7_000)).isFalse();
        assertThat(congestion.isRecovering()).isFalse();
        assertThat(congestion.window()).isLessThanOrEqualTo(5_000);
    }

    @Test
    void timeoutBeginsAgainWithOneSegment() {
        congestion.onTimeout(10_001, 10_000);

        assertThat(congestion.window()).isEqualTo(MSS);
        congestion.onNewAck(1_001, 1_000, 1_000);
        assertThat(congestion.window()).isEqualTo(2 * MSS);
    }

    @Test
    void probeHalvesAWindowThatWasFull() {
        congestion.onProbe(1_000);
        assertThat(congestion.window()).as("one request in flight").isEqualTo(10 * MSS);
        congestion.onProbe(10_000);
        assertThat(congestion.window()).isEqualTo(5 * MSS);
    }

    @Test
    void avoidanceGrowsBySegmentPerWindow() {
        congestion.onTimeout(10_001, 10_000); // threshold 5000
        int ack = 1;
        while (congestion.window() < 5_000) {
            ack += 1_000;
            congestion.onNewAck(ack, 1_000, congestion.window());
        }
        for (int i = 0; i < 5; i++) {
            ack += 1_000;
            congestion.onNewAck(ack, 1_000, congestion.window());
        }
        assertThat(congestion.window()).isEqualTo(6_000);
    }
}
