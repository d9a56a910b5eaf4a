// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.agent.Check;
import drcopy.agent.Heading;
import drcopy.copier.governor.Budget;
import picocli.CommandLine.Option;

/** What the copier may use of its host, a picocli mixin. Filled at start, then only read. */
final class BudgetOptions {
    @Heading("Budget: beyond it new sessions are left out, far beyond it mirroring pauses")
    @Option(
            names = "--max-cpu",
            paramLabel = "PERCENT",
            description = "CPU time, percent of one core (default: no limit)")
    private Integer cpu;

    @Option(names = "--max-bandwidth", paramLabel = "MBIT", description = "Mbit/s sent (default: no limit)")
    private Integer bandwidth;

    @Option(names = "--max-packets", paramLabel = "N", description = "packets sent a second (default: no limit)")
    private Integer packets;

    Budget budget() {
        return new Budget(
                limit("--max-cpu", cpu, 1, 100_000),
                limit("--max-bandwidth", bandwidth, 1, 1_000_000),
                limit("--max-packets", packets, 10, 100_000_000));
    }

    private static int limit(String option, Integer value, int min, int max) {
        return value == null ? 0 : Check.range(option, value, min, max);
    }
}
