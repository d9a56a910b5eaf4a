// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a load saw: counts of requests, and latencies of the answered ones, from the request's (or, for new connections, the
 * SYN's) sending to the answer's last byte.
 */
public record LoadResult(
        long issued,
        long answered,
        long broken,
        long timedOut,
        long badStatus,
        long elapsedMs,
        long p50Us,
        long p99Us,
        long maxUs) {

    /** Requests answered a second. */
    public double rate() {
        return elapsedMs == 0 ? 0 : answered * 1000.0 / elapsedMs;
    }

    /** What several loads saw that ran at the same time; of latencies the worst. */
    public static LoadResult together(List<LoadResult> loads) {
        return loads.stream()
                .reduce((a, b) -> new LoadResult(
                        a.issued + b.issued,
                        a.answered + b.answered,
                        a.broken + b.broken,
                        a.timedOut + b.timedOut,
                        a.badStatus + b.badStatus,
                        Math.max(a.elapsedMs, b.elapsedMs),
                        Math.max(a.p50Us, b.p50Us),
                        Math.max(a.p99Us, b.p99Us),
                        Math.max(a.maxUs, b.maxUs)))
                .orElseThrow();
    }

    /** One line, {@code result name=value ...}; {@link #parse} reads it. */
    public String toLine() {
        return "result issued=" + issued + " answered=" + answered + " broken=" + broken + " timed_out=" + timedOut
                + " bad_status=" + badStatus + " elapsed_ms=" + elapsedMs + " p50_us=" + p50Us + " p99_us=" + p99Us
                + " max_us=" + maxUs;
    }

    /** Reads the line that {@link #toLine} writes. */
    public static LoadResult parse(String line) {
        Map<String, Long> values = new HashMap<>();
        for (String word : line.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), Long.parseLong(word, equals + 1, word.length(), 10));
            }
        }
        return new LoadResult(
                values.get("issued"),
                values.get("answered"),
                values.get("broken"),
                values.get("timed_out"),
                values.get("bad_status"),
                values.get("elapsed_ms"),
                values.get("p50_us"),
                values.get("p99_us"),
                values.get("max_us"));
    }
}
