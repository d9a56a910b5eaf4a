// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ModerationTest {
    private static final long MS = 1_000_000L;

    private final Moderation moderation = new Moderation();
    private long nowNs = 1_000 * MS;

    /** Reads that long after the read before; true when a rest follows. */
    private boolean read(long afterMs, long... heard) {
        nowNs += afterMs * MS;
        for (long id : heard) {
            moderation.heard(id, nowNs);
        }
        moderation.read(nowNs);
        return moderation.isResting(nowNs);
    }

    @Test
    void whatComesAloneIsFollowedByNoRest() {
        assertThat(read(0)).isFalse();
        assertThat(read(8)).isFalse();
        assertThat(read(1_000)).isFalse();
    }

    @Test
    void readsCloseTogetherAreEachFollowedByARest() {
        assertThat(read(0)).isFalse();
        assertThat(read(7)).isTrue();
        assertThat(moderation.untilNs()).isEqualTo(nowNs + Moderation.REST_NS);
        assertThat(moderation.isResting(nowNs + Moderation.REST_NS - 1)).isTrue();
        assertThat(moderation.isResting(nowNs + Moderation.REST_NS)).isFalse();
        assertThat(read(4)).isTrue();
        assertThat(read(20)).isFalse();
    }

    @Test
    void aConnectionThatKeepsAnsweringEndsAllRestsUntilItIsSlowAgain() {
        read(0, 7);
        for (int reads = 2; reads < Moderation.BRISK_READS; reads++) {
            assertThat(read(5, 7)).isTrue();
        }
        assertThat(read(5, 7)).isFalse();
        assertThat(read(1)).isFalse();
        assertThat(read(7)).isFalse();
        assertThat(read(7)).isFalse();
        assertThat(read(7)).isFalse();
        assertThat(read(7)).isFalse();
        assertThat(read(7)).isTrue();
    }

    @Test
    void aConnectionIsBriskOnlyWhenEachResponseIsCloseToTheOneBefore() {
        for (int i = 0; i < 10 * Moderation.BRISK_READS; i++) {
            read(0, 7);
            nowNs += 25 * MS;
            read(0);
            assertThat(read(7)).isTrue();
        }
    }

    @Test
    void manyResponsesOfOneReadCountOnce() {
        read(0);
        read(1, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7);
        assertThat(moderation.isResting(nowNs)).isTrue();
    }

    @Test
    void shortConnectionsAreNotBriskHoweverMany() {
        for (int connection = 1; connection < 10_000; connection++) {
            read(1, connection, connection - 1, connection - 2, connection - 3, connection - 4);
        }
        assertThat(moderation.isResting(nowNs)).isTrue();
    }

    @Test
    void nothingRestsWhileAConnectionIsOpenedAgain() {
        read(0, 7);
        assertThat(read(5)).isTrue();
        moderation.accepted(7, nowNs);
        assertThat(read(1)).isFalse();
        assertThat(read(6)).isFalse();
        assertThat(read(1)).isTrue();
        moderation.reopened(nowNs);
        assertThat(read(7)).isFalse();
    }

    @Test
    void aConnectionThatIsOpenedFirstEndsNoRest() {
        read(0, 7);
        moderation.accepted(8, nowNs);
        assertThat(read(1)).isTrue();
    }
}
