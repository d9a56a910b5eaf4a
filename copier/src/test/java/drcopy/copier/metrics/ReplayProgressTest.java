// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.governor.Verdict;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplayProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private final Ledger ledger = new Ledger();
    private final Figures figures = new Figures(
            new Ledgers(List.of(ledger)), () -> 0, List::of, Map::of, () -> Verdict.RUNNING, Optional.empty());
    private double share;
    private final ReplayProgress progress = new ReplayProgress(figures, () -> share, 0);

    @Test
    void saysNothingOfTheRestBeforeItKnows() {
        assertThat(progress.bar(SECOND))
                .isEqualTo("[........................]   0.0 %, --:--:-- left, 0 segments/s, 0.0 Mbit/s, 0 held, 0"
                        + " dropped");
    }

    @Test
    void tellsShareTimeLeftAndRates() {
        share = 0.25;
        ledger.add(CopierCounter.SEGMENTS_DELIVERED, 500);
        ledger.add(CopierCounter.BYTES_DELIVERED, 1_000_000);
        ledger.move(Ledger.Gauge.SEGMENTS_HELD, 7);
        ledger.drop(DropReason.CAPTURE_GAP, 2, 9);
        ledger.drop(DropReason.PURE_ACK, 30, 0);

        assertThat(progress.bar(20 * 60 * SECOND))
                .isEqualTo("[######..................]  25.0 %, 01:00:00 left, 0 segments/s, 0.0 Mbit/s, 7 held, 2"
                        + " dropped");
        ledger.add(CopierCounter.SEGMENTS_DELIVERED, 500);
        ledger.add(CopierCounter.BYTES_DELIVERED, 1_000_000);

        assertThat(progress.line((20 * 60 + 2) * SECOND)).contains("250 segments/s, 4.0 Mbit/s");
    }

    @Test
    void waitsForTheLastSessionsWhenAllIsRead() {
        share = 1;

        assertThat(progress.bar(SECOND)).startsWith("[########################] 100.0 %, read, last sessions end");
    }
}
