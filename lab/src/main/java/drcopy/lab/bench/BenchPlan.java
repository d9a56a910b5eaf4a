// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import drcopy.lab.Lab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is to be measured.
 *
 * @param sides take turns
 * @param pairs turns of each
 * @param rounds in each pair with both programs up at once; 0 for one after the other
 * @param warmUp requests before anything is measured
 * @param rehearsals of all cases after it, that do not count
 * @param scale factor of the cases' numbers of requests
 * @param json where the figures go, or null
 */
record BenchPlan(
        List<Side> sides,
        List<BenchCase> cases,
        int pairs,
        int rounds,
        int warmUp,
        int rehearsals,
        double scale,
        Lab.Director director,
        Path json) {

    /**
     * Reads {@code --name value} pairs.
     *
     * @throws IllegalArgumentException naming the option that is wrong
     */
    static BenchPlan parse(String... args) {
        if (args.length % 2 != 0) {
            throw new IllegalArgumentException("options come as --name value");
        }
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        BenchPlan plan = new BenchPlan(
                sides(options),
                cases(options.remove("--cases")),
                number(options, "--pairs", 3),
                number(options, "--rounds", 0),
                number(options, "--warm-up", 200_000),
                number(options, "--rehearsals", 1),
                Double.parseDouble(take(options, "--scale", "1")),
                Lab.Director.valueOf(take(options, "--director", "hmark").toUpperCase(Locale.ROOT)),
                options.containsKey("--json") ? Path.of(options.remove("--json")) : null);
        if (!options.isEmpty()) {
            throw new IllegalArgumentException(options.keySet() + ": unknown options");
        }
        if (plan.rounds() > 0 && plan.sides().size() < 3) {
            throw new IllegalArgumentException("--rounds " + plan.rounds() + ": needs --versus-copier");
        }
        return plan;
    }

    private static List<Side> sides(Map<String, String> options) {
        Path bin = Lab.home().resolve("bin");
        List<Side> sides = new ArrayList<>(List.of(Side.OFF));
        sides.add(new Side(
                "mirror",
                take(options, "--copier", bin + "/copier -x {online}:80-{vip}:80 -s {servers}"),
                take(options, "--interceptor", bin + "/interceptor --divert {vip}:80"),
                take(options, "--cleanup", bin + "/interceptor release")));
        String copier = options.remove("--versus-copier");
        String interceptor = options.remove("--versus-interceptor");
        if (copier == null != (interceptor == null)) {
            throw new IllegalArgumentException("--versus-copier: must be given together with --versus-interceptor");
        }
        if (copier != null) {
            sides.add(new Side("versus", copier, interceptor, take(options, "--versus-cleanup", "")));
        }
        return sides;
    }

    private static List<BenchCase> cases(String list) {
        return list == null
                ? List.of(BenchCase.values())
                : Stream.of(list.split(",", -1)).map(BenchCase::of).toList();
    }

    private static String take(Map<String, String> options, String name, String otherwise) {
        String value = options.remove(name);
        return value == null ? otherwise : value;
    }

    private static int number(Map<String, String> options, String name, int otherwise) {
        String text = take(options, name, Integer.toString(otherwise));
        if (!text.matches("\\d{1,7}") || name.equals("--pairs") && text.matches("0+")) {
            throw new IllegalArgumentException(name + " " + text + ": must be a whole number");
        }
        return Integer.parseInt(text);
    }

    /** The most connections that a case has at a time. */
    int connections() {
        return cases.stream().mapToInt(BenchCase::connections).max().orElse(0);
    }
}
