// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.pool.PoolContents;
import drcopy.coordinator.pool.PoolContents.HeldId;
import drcopy.coordinator.pool.PoolWords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A pool as text for people. Pure. */
final class StatusTable {
    private StatusTable() {}

    /**
     * Several lines without a newline at the end.
     *
     * @param figures of the copiers that said some, by the address of their metrics
     */
    static String of(PoolContents pool, Map<String, Map<String, Double>> figures, Instant now) {
        List<String> lines = new ArrayList<>();
        lines.add("pool " + pool.pool() + ": " + PoolWords.of(pool.control()));
        List<List<String>> interceptors = new ArrayList<>();
        interceptors.add(List.of("INTERCEPTOR", "DIVERTS", "SINCE", "VERSION"));
        for (InterceptorNode node : pool.interceptors()) {
            interceptors.add(List.of(
                    String.valueOf(node.address()),
                    String.join(",", node.vips()),
                    PoolWords.age(node.since(), now),
                    String.valueOf(node.version())));
        }
        List<List<String>> copiers = new ArrayList<>();
        copiers.add(List.of("COPIER", "HOST", "IDS", "SINCE", "VERSION", "GOVERNOR"));
        for (CopierNode node : pool.copiers()) {
            copiers.add(List.of(
                    String.valueOf(node.id()),
                    String.valueOf(node.host()),
                    node.instanceIds().isEmpty() ? "-" : PoolWords.ids(node.instanceIds()),
                    PoolWords.age(node.since(), now),
                    String.valueOf(node.version()),
                    governor(node.metrics() == null ? Map.of() : figures.getOrDefault(node.metrics(), Map.of()))));
        }
        addTable(lines, interceptors);
        addTable(lines, copiers);
        return String.join(System.lineSeparator(), lines);
    }

    private static String governor(Map<String, Double> figures) {
        return PoolWords.governor(
                figures.getOrDefault("drcopy_copier_governor_state", Double.NaN),
                figures.getOrDefault("drcopy_copier_governor_share_ratio", Double.NaN),
                figures.getOrDefault("drcopy_copier_governor_load_ratio", Double.NaN));
    }

    /** Leases alone. */
    static String ofIds(List<HeldId> leases, Instant now) {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("ID", "HOLDER", "HOST", "SINCE", "EPOCH"));
        for (HeldId held : leases) {
            table.add(List.of(
                    String.valueOf(held.lease().id()),
                    String.valueOf(held.node().holder()),
                    held.node().process() == null
                            ? "?"
                            : String.valueOf(held.node().process().host()),
                    PoolWords.age(held.node().since(), now),
                    String.valueOf(held.lease().epoch())));
        }
        List<String> lines = new ArrayList<>();
        addTable(lines, table);
        return String.join(System.lineSeparator(), lines).strip();
    }

    private static void addTable(List<String> lines, List<List<String>> rows) {
        lines.add("");
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        if (rows.size() == 1) {
            lines.add("(none)");
        }
    }
}
