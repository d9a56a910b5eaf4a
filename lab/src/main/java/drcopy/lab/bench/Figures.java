// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a run measured, by the names of {@link #NAMES}: requests a second and latencies of production, then, where something mirrors, percent of the
 * requests that arrived, requests that arrived more than once, CPU seconds per 100,000 requests, most resident memory in MiB, packets a request that
 * production's host took in or sent, and the copier's CPU time for each in microseconds.
 */
record Figures(Map<String, Double> values) {
    static final List<String> NAMES = List.of(
            "rate",
            "p50_ms",
            "p99_ms",
            "delivered_percent",
            "duplicates",
            "copier_cpu_s",
            "interceptors_cpu_s",
            "copier_mib",
            "interceptor_mib",
            "packets",
            "packet_us");

    /** In the order of the names; those that are left out are not measured. */
    static Figures of(double... values) {
        Map<String, Double> map = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            map.put(NAMES.get(i), values[i]);
        }
        return new Figures(map);
    }

    /** The median of each figure. */
    static Figures median(List<Figures> runs) {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String name : NAMES) {
            double[] sorted = runs.stream()
                    .map(run -> run.values.get(name))
                    .filter(value -> value != null)
                    .mapToDouble(value -> value)
                    .sorted()
                    .toArray();
            if (sorted.length > 0) {
                int middle = sorted.length / 2;
                medians.put(name, sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
            }
        }
        return new Figures(medians);
    }

    /** Members of a JSON object. */
    String json() {
        return values.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\": " + Math.round(entry.getValue() * 1000) / 1000.0)
                .collect(Collectors.joining(", "));
    }

    /** Cells of a line of the table. */
    List<String> cells() {
        List<String> cells = new ArrayList<>();
        for (String name : NAMES) {
            Double value = values.get(name);
            String form =
                    name.endsWith("_s") || name.endsWith("percent") || name.endsWith("_ms") || name.startsWith("packet")
                            ? "%.2f"
                            : "%.0f";
            cells.add(value == null ? "" : String.format(Locale.ROOT, form, value));
        }
        return cells;
    }

    /** Lines as wide as their widest cells need. */
    static String table(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(
                row -> Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length())));
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                String blank = " ".repeat(widths[i] - cell.length());
                text.append(i < 2 ? cell + blank : blank + cell).append("  ");
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }
}
