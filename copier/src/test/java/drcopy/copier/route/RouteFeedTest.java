// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteFeedTest {
    private static final int PART = RouteFeed.PART_LENGTH / RouteRecord.LENGTH;

    private final RouteTable table = new RouteTable();
    private final Ledger ledger = new Ledger();
    private final RouteShare share = new RouteShare();
    private final RouteFeed feed = feed(share, 0, 1);
    private final TestOutlet interceptor = new TestOutlet();
    private final ByteBuffer record = ByteBuffer.allocate(RouteRecord.LENGTH);
    private int synced;

    private void add(long id) {
        RouteRecord.put(record, 0, id, new FlowKey(), 0, 0);
        table.put(record, 0);
        share.add(record, 0);
    }

    private void remove(long id) {
        table.remove(id);
        share.remove(id);
    }

    private RouteFeed feed(RouteShare to, int connection, int connections) {
        RouteFeed made = new RouteFeed(table, ledger, connection, connections);
        to.join(made);
        return made;
    }

    private void send() {
        share.handOut();
        share.flush();
    }

    private void attach() {
        feed.attach(interceptor, () -> synced++);
    }

    private Set<Long> live() {
        Set<Long> ids = new HashSet<>();
        for (int slot = 0; slot < table.slots(); slot++) {
            if (table.isUsed(slot)) {
                ids.add(table.routeId(slot));
            }
        }
        return ids;
    }

    @Test
    void beginsWithASnapshotEvenOfNothing() {
        attach();

        assertThat(interceptor.messages).containsExactly("WHOLE 0");
        assertThat(synced).isOne();
    }

    @Test
    void sendsWhatGatheredAsOneBatch() {
        attach();
        add(1);
        add(2);
        remove(1);
        send();
        send();

        assertThat(interceptor.messages).containsExactly("WHOLE 0", "+2-1");
        assertThat(interceptor.routes).containsExactly(2L);
        assertThat(ledger.value(CopierCounter.ROUTES_PUSHED)).isEqualTo(2);
    }

    @Test
    void waitsForASlowStreamAndThenSendsWhatWaits() {
        attach();
        interceptor.room = 0;
        add(1);
        send();
        add(2);
        remove(1);
        send();
        assertThat(interceptor.messages).containsExactly("WHOLE 0");
        interceptor.room = 9;
        send();

        assertThat(interceptor.messages).containsExactly("WHOLE 0", "+1-0", "+1-1");
        assertThat(interceptor.routes).containsExactly(2L);
    }

    @Test
    void givesAllStreamsTheSameBytes() {
        TestOutlet other = new TestOutlet();
        attach();
        feed(share, 0, 1).attach(other, () -> {});
        add(1);
        send();

        assertThat(interceptor.messages).containsExactly("WHOLE 0", "+1-0");
        assertThat(other.taken).hasSize(1).isEqualTo(interceptor.taken);
    }

    @Test
    void aMessageIsOfBoundedLength() {
        attach();
        for (int i = 0; i < PART + 1; i++) {
            add(i);
        }
        send();

        assertThat(interceptor.messages).containsExactly("WHOLE 0", "+" + PART + "-0", "+1-0");
    }

    @Test
    void whatGatheredBeforeAStreamCameDoesItNoHarm() {
        add(1);
        add(2);
        remove(1);
        attach();
        remove(2);
        send();

        assertThat(interceptor.messages).endsWith("+2-2");
        assertThat(interceptor.routes).isEmpty();
    }

    @Test
    void replacesAnOverflownQueueByASnapshot() {
        attach();
        interceptor.room = 0;
        for (int i = 0; i < 20_000; i++) {
            add(i);
        }
        for (int i = 0; i < 5_000; i++) {
            remove(i);
        }
        interceptor.room = Integer.MAX_VALUE;
        send();

        assertThat(interceptor.routes).isEqualTo(live()).hasSize(15_000);
        assertThat(ledger.value(CopierCounter.ROUTE_QUEUE_OVERFLOWS)).isOne();
        assertThat(ledger.value(CopierCounter.ROUTE_SNAPSHOTS)).isEqualTo(2);
    }

    @Test
    void splitsALargeSnapshotAndKeepsUpWithChangesBetweenItsParts() {
        for (int i = 0; i < 3 * PART; i++) {
            add(i);
        }
        interceptor.room = 1;
        attach();
        for (int i = 0; i < 500; i++) {
            remove(i);
            remove(3L * PART - 1 - i);
            add(10L * PART + i);
        }
        assertThat(synced).isZero();
        interceptor.room = Integer.MAX_VALUE;
        send();

        assertThat(interceptor.messages.get(0)).isEqualTo("FIRST " + PART);
        assertThat(interceptor.messages).anyMatch(m -> m.startsWith("LAST "));
        assertThat(interceptor.routes).isEqualTo(live());
        assertThat(synced).isOne();
    }

    @Test
    void startsOverWhenTheQueueOverflowsDuringASnapshot() {
        for (int i = 0; i < 2 * PART; i++) {
            add(i);
        }
        interceptor.room = 1;
        attach();
        for (int i = 0; i <= RouteFeed.PENDING_LIMIT / RouteRecord.LENGTH; i++) {
            add(10L * PART + i);
        }
        interceptor.room = Integer.MAX_VALUE;
        send();

        assertThat(interceptor.routes).isEqualTo(live());
        assertThat(ledger.value(CopierCounter.ROUTE_QUEUE_OVERFLOWS)).isOne();
    }

    @Test
    void sendsASnapshotToEveryNewStream() {
        attach();
        add(1);
        send();
        feed.detach();
        add(2);
        interceptor.routes.clear();
        attach();

        assertThat(interceptor.routes).containsExactlyInAnyOrder(1L, 2L);
        assertThat(synced).isEqualTo(2);
    }

    @Test
    void carriesOnlyTheRoutesOfItsConnection() {
        for (int i = 0; i < 1000; i++) {
            add(i);
        }
        feed(share, 1, 2).attach(interceptor, () -> {});

        assertThat(interceptor.routes).hasSizeBetween(400, 600).allMatch(id -> RouteRecord.connection(id, 2) == 1);
    }
}
