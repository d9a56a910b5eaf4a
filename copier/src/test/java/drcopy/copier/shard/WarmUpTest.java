// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.EngineConfig;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    @Test
    void playsWholeSessions() {
        Ledger books = WarmUp.run(EngineConfig.defaults(), Long.MAX_VALUE, () -> 0);

        long sessions = books.value(CopierCounter.SESSIONS_OPENED);
        assertThat(sessions).isEqualTo(3_000);
        assertThat(books.value(CopierCounter.REPLICAS_CLOSED)).isEqualTo(sessions);
        assertThat(books.value(CopierCounter.SEGMENTS_DELIVERED)).isEqualTo(4 * sessions);
        assertThat(books.value(CopierCounter.RETRANSMITS)).isZero();
        assertThat(books.imbalance()).isZero();
    }

    @Test
    void endsWithItsBudget() {
        AtomicLong clock = new AtomicLong();

        Ledger books = WarmUp.run(EngineConfig.defaults(), 10, clock::getAndIncrement);

        assertThat(books.value(CopierCounter.SESSIONS_OPENED)).isLessThan(20);
    }
}
