// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.ledger;

import java.util.Arrays;
import java.util.List;

/** The counters of all threads as one. Immutable; any thread reads. */
public final class Ledgers {
    private final List<Ledger> all;

    public Ledgers(List<Ledger> all) {
        this.all = List.copyOf(all);
    }

    public long value(CopierCounter counter) {
        return all.stream().mapToLong(ledger -> ledger.value(counter)).sum();
    }

    public long value(Ledger.Gauge gauge) {
        return all.stream().mapToLong(ledger -> ledger.value(gauge)).sum();
    }

    public long droppedSegments(DropReason reason) {
        return all.stream().mapToLong(ledger -> ledger.droppedSegments(reason)).sum();
    }

    public long droppedBytes(DropReason reason) {
        return all.stream().mapToLong(ledger -> ledger.droppedBytes(reason)).sum();
    }

    public long droppedDatagrams(DropReason reason) {
        return all.stream().mapToLong(ledger -> ledger.droppedDatagrams(reason)).sum();
    }

    /** Sum over all reasons. */
    public long droppedSegments() {
        return all.stream().mapToLong(Ledger::droppedSegments).sum();
    }

    /** How often a quantity fell into each bucket. */
    public long[] counts(Distribution.Kind kind) {
        long[] sums = new long[kind.bounds().length + 1];
        for (Ledger ledger : all) {
            long[] counts = ledger.distribution(kind).counts();
            Arrays.setAll(sums, i -> sums[i] + counts[i]);
        }
        return sums;
    }

    /** Sum of all values of a quantity, in the metric's unit. */
    public double sum(Distribution.Kind kind) {
        return all.stream()
                .mapToDouble(ledger -> ledger.distribution(kind).sum())
                .sum();
    }

    /** Zero when the books balance; exact only while no thread writes. */
    public long imbalance() {
        return all.stream().mapToLong(Ledger::imbalance).sum();
    }
}
