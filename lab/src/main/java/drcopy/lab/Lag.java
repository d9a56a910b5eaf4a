// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How much later the target took requests than online did, request by request. Both sides' times are of one clock. Immutable.
 *
 * @param online requests that online took
 * @param delivered those of them that the target took, once each
 * @param p50Ms median lag of these, milliseconds; 0 when there is none
 * @param p99Ms 99th percentile, milliseconds
 * @param mostMs the longest, milliseconds
 */
public record Lag(int online, int delivered, double p50Ms, double p99Ms, double mostMs) {
    /**
     * Compares times by request.
     *
     * @param onlineNs when online took each request, by an id of its own
     * @param targetNs when the target did; others' requests may be there, too
     */
    public static Lag of(Map<String, Long> onlineNs, Map<String, Long> targetNs) {
        double[] lagsMs = onlineNs.entrySet().stream()
                .filter(taken -> targetNs.containsKey(taken.getKey()))
                .mapToDouble(taken -> (targetNs.get(taken.getKey()) - taken.getValue()) / 1e6)
                .sorted()
                .toArray();
        return new Lag(
                onlineNs.size(),
                lagsMs.length,
                percentile(lagsMs, 50),
                percentile(lagsMs, 99),
                percentile(lagsMs, 100));
    }

    /** Compares access logs; the id of a request is its URI, its time is when its answer was written, in milliseconds. */
    public static Lag of(List<AccessLog.Line> online, Collection<List<AccessLog.Line>> servers) {
        Map<String, Long> targetNs = new HashMap<>();
        servers.forEach(lines -> targetNs.putAll(timesNs(lines)));
        return of(timesNs(online), targetNs);
    }

    private static Map<String, Long> timesNs(List<AccessLog.Line> lines) {
        Map<String, Long> times = new HashMap<>();
        for (AccessLog.Line line : lines) {
            times.merge(line.uri(), Math.round(line.seconds() * 1000) * 1_000_000, Math::min);
        }
        return times;
    }

    /** The least value that so many percent are not above. */
    private static double percentile(double[] sorted, int percent) {
        if (sorted.length == 0) {
            return 0;
        }
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
    }

    /** Every request arrived. */
    public boolean isWhole() {
        return delivered == online;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "lag of %d of %d requests: p50 %.1f ms, p99 %.1f ms, most %.1f ms",
                delivered,
                online,
                p50Ms,
                p99Ms,
                mostMs);
    }
}
