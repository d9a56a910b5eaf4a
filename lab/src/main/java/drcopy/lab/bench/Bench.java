// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

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
        System.out.print(bench.ratios());
        if (plan.json() != null) {
            Files.writeString(plan.json(), bench.json());
        }
        System.exit(isWhole ? 0 : 1);
    }

    private boolean run() {
        boolean isWhole = true;
        for (int pair = 1; pair <= plan.pairs(); pair++) {
            isWhole &= plan.rounds() > 0 ? sideBySide(pair) : inTurns(pair);
        }
        return isWhole;
    }

    /** A turn of each side, in a lab of its own: the logs of all requests so far are read after each load. */
    private boolean inTurns(int pair) {
        boolean isWhole = true;
        try (Stage stage = Stage.open(plan, "")) {
            for (Side side : plan.sides()) {
                isWhole &= turn(stage, side, pair);
            }
        }
        return isWhole;
    }

    private boolean turn(Stage stage, Side side, int pair) {
        try (Trial trial = Trial.start(stage, side)) {
            prepare(trial, side);
            plan.cases().forEach(each -> measure(trial, each, side, pair));
            return true;
        } catch (RuntimeException e) {
            System.err.println("bench: turn " + pair + " of " + side.name() + ": " + e.getMessage());
            return false;
        }
    }

    private void prepare(Trial trial, Side side) {
        trial.warmUp(side.mirrors() ? plan.warmUp() : plan.warmUp() / SHORTER_ALONE);
        for (int i = 0; side.mirrors() && i < plan.rehearsals(); i++) {
            plan.cases().forEach(each -> trial.measure(each, plan.scale()));
        }
    }

    private void measure(Trial trial, BenchCase each, Side side, int pair) {
        Figures figures = trial.measure(each, plan.scale());
        runs.computeIfAbsent(each, key -> new LinkedHashMap<>())
                .computeIfAbsent(side, key -> new ArrayList<>())
                .add(figures);
        System.out.println(pair + " " + each.word() + " " + side.name() + " {" + figures.json() + "}");
    }

    /** Both programs stand at once and warm, each in a lab of its own; loads go to one after the other, who is first changes. */
    private boolean sideBySide(int pair) {
        Side ours = plan.sides().get(1);
        Side theirs = plan.sides().get(2);
        try (Stage one = Stage.open(plan, "a");
                Stage other = Stage.open(plan, "b");
                Trial first = Trial.start(one, ours);
                Trial second = Trial.start(other, theirs)) {
            prepare(first, ours);
            prepare(second, theirs);
            for (int round = 0; round < plan.rounds(); round++) {
                for (BenchCase each : plan.cases()) {
                    if (round % 2 == 0) {
                        measure(first, each, ours, pair);
                        measure(second, each, theirs, pair);
                    } else {
                        measure(second, each, theirs, pair);
                        measure(first, each, ours, pair);
                    }
                }
            }
            return true;
        } catch (RuntimeException e) {
            System.err.println("bench: pair " + pair + ": " + e.getMessage());
            return false;
        }
    }

    /** A line a case: how much more CPU time ours takes than the other program. */
    private String ratios() {
        StringBuilder text = new StringBuilder();
        runs.forEach((each, bySide) -> {
            List<List<Figures>> mirrors = bySide.entrySet().stream()
                    .filter(entry -> entry.getKey().mirrors())
                    .map(Map.Entry::getValue)
                    .toList();
            if (mirrors.size() == 2 && mirrors.get(0).size() == mirrors.get(1).size()) {
                for (String figure : List.of("copier_cpu_s", "interceptors_cpu_s")) {
                    text.append(String.format(
                            "%s %s, mirror / versus, %d pairs, 95 %%: %s%n",
                            each.word(),
                            figure,
                            mirrors.get(0).size(),
                            Ratio.of(figure, mirrors.get(0), mirrors.get(1))));
                }
            }
        });
        return text.toString();
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
