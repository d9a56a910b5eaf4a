// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Production's latency while its load is ramped up until the copier sheds, beside the same ramp without a copier, in turns. The production host has
 * a core of its own. Takes minutes, and a machine that does nothing else: runs by name only, and judges only what was shed and answered.
 */
@Tag("lab")
class GovernorTrial {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int ROUNDS = Integer.getInteger("governor.rounds", 3);
    private static final String SECONDS = System.getProperty("governor.seconds", "6");
    private static final List<Integer> RATES = List.of(100, 200, 400, 800);
    private static final String[] BUDGET = {"--max-packets", "1500"};

    private final Map<String, List<LoadResult>> results = new TreeMap<>();

    @Test
    void productionsLatencyStaysWhileACopierSheds() {
        try (Mirror mirror = Mirror.up(Lab.Director.HMARK, BUDGET)) {
            mirror.setProductionApart();
            ramp(mirror, null);
            for (int round = 0; round < ROUNDS; round++) {
                mirror.copier().kill();
                mirror.setProductionApart();
                ramp(mirror, "alone");
                mirror.copyWith(BUDGET);
                mirror.setProductionApart();
                ramp(mirror, "with a copier");
                assertThat(mirror.copier().metric("sessions_shed_total")).isPositive();
                System.out.printf(
                        "governor: %d sessions shed, state %d at the ramp's end%n",
                        mirror.copier().metric("sessions_shed_total"),
                        mirror.copier().metric("governor_state"));
                Await.until("all sessions again", LIMIT, () -> mirror.copier().metric("governor_state") == 0);
            }
        }
        results.forEach((what, each) -> System.out.printf(
                "governor: %s: median p50 %d us, median p99 %d us of %s us%n",
                what,
                median(each.stream().map(LoadResult::p50Us).toList()),
                median(each.stream().map(LoadResult::p99Us).toList()),
                each.stream().map(LoadResult::p99Us).toList()));
    }

    /** Short connections at each rate; {@code side} null warms up. */
    private void ramp(Mirror mirror, String side) {
        for (int rate : RATES) {
            LoadResult result = mirror.load(
                    LIMIT,
                    "--run",
                    "ramp",
                    "--style",
                    "SHORT",
                    "--connections",
                    "200",
                    "--rate",
                    Integer.toString(rate),
                    "--seconds",
                    SECONDS);
            assertThat(result.answered()).isEqualTo(result.issued());
            if (side != null) {
                results.computeIfAbsent(String.format("%4d/s %s", rate, side), key -> new ArrayList<>())
                        .add(result);
            }
        }
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
