// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import drcopy.lab.Arrivals;
import drcopy.lab.Lab;
import drcopy.lab.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code bench/run}: production, a mirroring program and three real servers in a lab; production alone, the program, and another one take turns
 * under the same loads. Prints a line a run, a table of medians, and JSON.
 */
public final class Bench {
    private static final int LEAST_CONNECTIONS = 16_384;
    /** Production needs no such warm-up as a mirroring program that is compiled while it runs. */
    private static final int SHORTER_ALONE = 20;

    private final BenchPlan plan;
    private final Map<BenchCase, Map<Side, List<Figures>>> runs = new LinkedHashMap<>();

    private Bench(BenchPlan plan) {
        this.plan = plan;
    }

    /** Exit 0 when every run was made, 1 when one failed, 2 for a bad option. */
    public static void main(String... args) throws IOException {
        BenchPlan plan;
        try {
            plan = BenchPlan.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
            return;
        }
        Bench bench = new Bench(plan);
        boolean isWhole = bench.run();
        System.out.println(bench.table());
        if (plan.json() != null) {
            Files.writeString(plan.json(), bench.json());
        }
        System.exit(isWhole ? 0 : 1);
    }

    private boolean run() {
        boolean isWhole = true;
        for (int pair = 1; pair <= plan.pairs(); pair++) {
            isWhole &= pair(pair);
        }
        return isWhole;
    }

    /** A turn of each side, in a lab of its own: the logs of all requests so far are read after each load. */
    private boolean pair(int pair) {
        boolean isWhole = true;
        try (Lab lab = Lab.up(plan.director(), "bench" + ProcessHandle.current().pid(), 3)) {
            lab.control("ports", "threads");
            int connections = Math.max(LEAST_CONNECTIONS, plan.connections() * 3 / 2);
            Web online = Web.start(lab, "online", connections);
            Map<String, Web> servers = new LinkedHashMap<>();
            lab.realServers().forEach(host -> servers.put(host, Web.start(lab, host, connections)));
            Arrivals arrivals = new Arrivals(online, servers);
            for (Side side : plan.sides()) {
                isWhole &= turn(lab, arrivals, side, pair);
            }
        }
        return isWhole;
    }

    private boolean turn(Lab lab, Arrivals arrivals, Side side, int pair) {
        try (Trial trial = Trial.start(lab, arrivals, side)) {
            trial.warmUp(side.mirrors() ? plan.warmUp() : plan.warmUp() / SHORTER_ALONE);
            for (int i = 0; side.mirrors() && i < plan.rehearsals(); i++) {
                plan.cases().forEach(each -> trial.measure(each, plan.scale()));
            }
            for (BenchCase each : plan.cases()) {
                Figures figures = trial.measure(each, plan.scale());
                runs.computeIfAbsent(each, key -> new LinkedHashMap<>())
                        .computeIfAbsent(side, key -> new ArrayList<>())
                        .add(figures);
                System.out.println(pair + " " + each.word() + " " + side.name() + " {" + figures.json() + "}");
            }
            return true;
        } catch (RuntimeException e) {
            System.err.println("bench: turn " + pair + " of " + side.name() + ": " + e.getMessage());
            return false;
        }
    }

    private String table() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("case", "side (runs)"));
        head.addAll(Figures.NAMES);
        rows.add(head);
        runs.forEach((each, bySide) -> bySide.forEach((side, figures) -> {
            List<String> row = new ArrayList<>(List.of(each.word(), side.name() + " (" + figures.size() + ")"));
            row.addAll(Figures.median(figures).cells());
            rows.add(row);
        }));
        return Figures.table(rows);
    }

    private String json() {
        List<String> lines = new ArrayList<>();
        runs.forEach((each, bySide) -> bySide.forEach((side, figures) -> lines.add(String.format(
                "  {\"case\": \"%s\", \"side\": \"%s\", \"median\": {%s}, \"runs\": [%s]}",
                each.word(),
                side.name(),
                Figures.median(figures).json(),
                figures.stream().map(run -> "{" + run.json() + "}").collect(Collectors.joining(", "))))));
        return "[\n" + String.join(",\n", lines) + "\n]\n";
    }
}
