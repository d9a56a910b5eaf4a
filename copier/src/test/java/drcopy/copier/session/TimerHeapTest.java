// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
    private static final class Entry extends TimerEntry {}

    private final TimerHeap heap = new TimerHeap();

    @Test
    void givesEntriesInTheOrderOfTheirDeadlines() {
        Random r = new Random(1);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            Entry entry = new Entry();
            entries.add(entry);
            heap.schedule(entry, r.nextInt(1000));
        }
        for (int i = 0; i < 5000; i += 3) {
            heap.cancel(entries.get(i));
        }
        int given = 0;
        long last = Long.MIN_VALUE;
        for (TimerEntry entry = heap.pollDue(1000); entry != null; entry = heap.pollDue(1000)) {
            assertThat(entry.dueNs).isGreaterThanOrEqualTo(last);
            assertThat(entry.heapIndex).isEqualTo(-1);
            last = entry.dueNs;
            given++;
        }
        assertThat(given).isEqualTo(3333);
        assertThat(heap.nextDeadlineNs()).isEqualTo(TimerHeap.NEVER);
    }

    @Test
    void givesNothingBeforeItsDeadline() {
        heap.schedule(new Entry(), 100);

        assertThat(heap.pollDue(99)).isNull();
        assertThat(heap.nextDeadlineNs()).isEqualTo(100);
        assertThat(heap.pollDue(100)).isNotNull();
    }

    @Test
    void movesAnEntryForwardButNotBack() {
        Entry entry = new Entry();
        heap.schedule(entry, 100);
        heap.schedule(entry, 50);
        heap.schedule(entry, 200);

        assertThat(heap.nextDeadlineNs()).isEqualTo(50);
        assertThat(heap.size()).isEqualTo(1);
    }

    @Test
    void neverIsNoDeadline() {
        heap.schedule(new Entry(), TimerHeap.NEVER);

        assertThat(heap.size()).isZero();
    }

    @Test
    void takesDeadlinesBelowZero() {
        heap.schedule(new Entry(), -5);
        heap.schedule(new Entry(), 5);

        assertThat(heap.pollDue(-5)).isNotNull();
        assertThat(heap.pollDue(-5)).isNull();
    }
}
