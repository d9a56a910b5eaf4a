// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Counters and gauges as a table for people. */
public final class InterceptorReport {
    private InterceptorReport() {}

    /** A line for each that is not zero, and one if the books do not balance. */
    public static String of(InterceptorCounters counters) {
        List<String> lines = new ArrayList<>();
        for (InterceptorGauge gauge : InterceptorGauge.values()) {
            lines.add(line(counters.value(gauge), gauge.metric() + ": " + gauge.help()));
        }
        for (InterceptorCounter counter : InterceptorCounter.values()) {
            if (counters.value(counter) != 0) {
                lines.add(line(counters.value(counter), counter.metric() + ": " + counter.help()));
            }
        }
        if (counters.imbalance() != 0) {
            lines.add(line(counters.imbalance(), "summaries on their way, or unaccounted for if this stays"));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static String line(long value, String text) {
        return String.format(Locale.ROOT, "%,15d  %s", value, text);
    }
}
