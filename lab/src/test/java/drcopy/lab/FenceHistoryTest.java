// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.FenceHistory.Opening;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class FenceHistoryTest {
    private static final String DAY = "2026-11-22T10:00:";
    private final FenceHistory history = new FenceHistory();

    FenceHistoryTest() {
        history.copier("a", DAY + "01.000 INFO  [cluster] IdLeases: instance ID 0 is leased, epoch 10\n");
        history.copier("b", DAY + "20.000 INFO  [cluster] IdLeases: instance ID 0 is leased, epoch 20\n");
        history.interceptor(DAY + "02.000 INFO  [diversion] StreamDesk: [a] Attached: pool default, instance IDs [0],"
                + " epochs [10], incarnation 1\n"
                + DAY + "21.000 INFO  [diversion] StreamDesk: [b] Attached: pool default, instance IDs [5, 0],"
                + " epochs [3, 20], incarnation 2\n");
    }

    private static long at(String time) {
        return LocalDateTime.parse(DAY + time)
                .atZone(ZoneId.systemDefault())
                .toInstant()
                .toEpochMilli();
    }

    @Test
    void anOlderHolderThatOpensAfterTheNewerWasSeenIsLate() {
        assertThat(history.lateMs(new Opening(at("21.250"), "a", 0))).isEqualTo(250);
        assertThat(history.lateMs(new Opening(at("20.999"), "a", 0))).isZero();
    }

    @Test
    void theNewestHolderIsNeverLate() {
        assertThat(history.lateMs(new Opening(at("30.000"), "b", 0))).isZero();
        assertThat(history.lateMs(new Opening(at("30.000"), "b", 7))).isZero();
    }

    @Test
    void anOpeningIsMeasuredFromWhenItsCopierHeard() {
        history.copier(
                "a",
                DAY
                        + "21.010 WARN  [shard-0] IdLeases: instance ID 0 has a newer lease, epoch 20: nothing new is opened\n"
                        + DAY + "40.000 INFO  [cluster] IdLeases: instance ID 0 is leased, epoch 30\n");
        assertThat(history.heard()).isEqualTo(1);
        assertThat(history.afterHearingMs(new Opening(at("21.005"), "a", 0))).isZero();
        assertThat(history.afterHearingMs(new Opening(at("21.050"), "a", 0))).isEqualTo(40);
        assertThat(history.afterHearingMs(new Opening(at("21.050"), "a", 1))).isZero();
        assertThat(history.afterHearingMs(new Opening(at("40.005"), "a", 0))).isZero();
    }

    @Test
    void countsIdsThatChangedHands() {
        assertThat(history.isComplete()).isTrue();
        assertThat(new FenceHistory().isComplete()).isFalse();
        assertThat(history.contested()).isEqualTo(1);
        assertThat(history.size()).isEqualTo("2 leases, 3 sightings");
    }
}
