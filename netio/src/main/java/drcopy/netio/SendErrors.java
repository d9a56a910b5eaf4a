// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** Packets that the kernel did not take, counted by its error number. One thread counts; any thread reads. */
public final class SendErrors {
    private final AtomicLongArray counts = new AtomicLongArray(Errno.LIMIT);

    /** No errors yet. */
    public SendErrors() {}

    void add(int errno, int packets) {
        int index = errno >= 0 && errno < Errno.LIMIT ? errno : 0;
        counts.lazySet(index, counts.get(index) + packets);
    }

    /** Packets lost to this error. */
    public long count(Errno errno) {
        return counts.get(errno.number());
    }

    /** Packets lost to any error. */
    public long total() {
        long sum = 0;
        for (int i = 0; i < Errno.LIMIT; i++) {
            sum += counts.get(i);
        }
        return sum;
    }

    /** Every error that happened, by its name as in {@code EMSGSIZE(90)}, with its packets. */
    public Map<String, Long> byName() {
        Map<String, Long> result = new TreeMap<>();
        for (int i = 0; i < Errno.LIMIT; i++) {
            if (counts.get(i) > 0) {
                result.put(Errno.name(i), counts.get(i));
            }
        }
        return result;
    }
}
