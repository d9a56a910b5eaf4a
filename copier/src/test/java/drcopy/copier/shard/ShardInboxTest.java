// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.session.TargetResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardInboxTest {
    private int wakeUps;
    private final ShardInbox inbox = new ShardInbox(() -> wakeUps++);
    private final List<String> read = new ArrayList<>();
    private final ShardInbox.Reader reader = new ShardInbox.Reader() {
        @Override
        public void onResponses(ByteBuffer records, ByteBuffer[] payloads) {
            read.add("responses " + records.remaining() / TargetResponse.LENGTH);
        }

        @Override
        public void onRouteConflict(long routeId) {
            read.add("conflict " + routeId);
        }

        @Override
        public void onInterceptorReturned() {
            read.add("returned");
        }
    };

    private static ByteBuffer records(int count) {
        return ByteBuffer.allocate(count * TargetResponse.LENGTH);
    }

    @Test
    void keepsTheOrderAndWakesTheShard() {
        inbox.onResponses(records(3));
        inbox.onRouteConflict(7);
        inbox.onResponses(records(1));

        assertThat(inbox.drain(reader, 1000)).isEqualTo(5);
        assertThat(read).containsExactly("responses 3", "conflict 7", "responses 1");
        assertThat(wakeUps).isEqualTo(3);
    }

    @Test
    void handsOverNoMoreBatchesThanTheLimitAsksFor() {
        for (int i = 0; i < 10; i++) {
            inbox.onResponses(records(100));
        }

        assertThat(inbox.drain(reader, 250)).isEqualTo(300);
        assertThat(inbox.drain(reader, 10_000)).isEqualTo(700);
    }

    @Test
    void countsRecordsThatFindNoRoomAndTakesMoreAfterADrain() {
        int batches = (int) (ShardInbox.RECORDS_LIMIT / 1024);
        for (int i = 0; i < batches + 3; i++) {
            inbox.onResponses(records(1024));
        }
        assertThat(inbox.takeDropped()).isEqualTo(3 * 1024);
        assertThat(inbox.takeDropped()).isZero();

        inbox.drain(reader, 1024);
        inbox.onResponses(records(1024));

        assertThat(inbox.takeDropped()).isZero();
    }

    @Test
    void hasRoomForAConflictWhenResponsesFillIt() {
        for (long i = 0; i < ShardInbox.RECORDS_LIMIT; i++) {
            inbox.onResponses(records(1));
        }
        inbox.onRouteConflict(7);
        inbox.drain(reader, Integer.MAX_VALUE);

        assertThat(read).contains("conflict 7");
    }

    @Test
    void tellsOfReturnsOnceHoweverManyStreamsCameBack() {
        inbox.onInterceptorReturned();
        inbox.onInterceptorReturned();

        assertThat(inbox.drain(reader, 1000)).isOne();
        assertThat(read).containsExactly("returned");
    }
}
