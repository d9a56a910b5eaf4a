// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What the adapters of one shard count. One thread writes, any thread reads. */
public final class MySqlCounts {
    /** Servers know some thousands of codes; a shard keeps this many apart. */
    private static final int MOST_CODES = 256;

    private final AtomicLongArray commands = new AtomicLongArray(Command.values().length);
    private final AtomicLongArray skipped = new AtomicLongArray(SkipReason.values().length);
    private final AtomicLongArray events = new AtomicLongArray(MySqlEvent.values().length);
    private final Map<Integer, AtomicLong> errors = new ConcurrentSkipListMap<>();

    void mirrored(Command command) {
        add(commands, command.ordinal());
    }

    void skipped(SkipReason reason) {
        add(skipped, reason.ordinal());
    }

    void count(MySqlEvent event) {
        add(events, event.ordinal());
    }

    /** The target answered with an error. */
    void error(int code) {
        count(MySqlEvent.ERRORS);
        AtomicLong count = errors.get(code);
        if (count == null && errors.size() < MOST_CODES) {
            count = errors.computeIfAbsent(code, c -> new AtomicLong());
        }
        if (count != null) {
            count.lazySet(count.getPlain() + 1);
        }
    }

    private static void add(AtomicLongArray counts, int i) {
        counts.lazySet(i, counts.getPlain(i) + 1);
    }

    /** Commands that went to the target. */
    public long value(Command command) {
        return commands.get(command.ordinal());
    }

    /** Sessions given up. */
    public long value(SkipReason reason) {
        return skipped.get(reason.ordinal());
    }

    public long value(MySqlEvent event) {
        return events.get(event.ordinal());
    }

    /** The target's errors by their code. */
    public Map<String, Long> errorsByName() {
        Map<String, Long> copy = new TreeMap<>();
        errors.forEach((code, count) -> copy.put(Integer.toString(code), count.get()));
        return copy;
    }
}
