// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.metrics;

import drcopy.copier.governor.Verdict;
import drcopy.copier.ledger.Ledgers;
import drcopy.copier.mysql.MySqlCounts;
import drcopy.copier.response.InterceptorSet.Standing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Where what is shown comes from. All may be asked by any thread and none blocks.
 *
 * @param ledgers counters of all threads
 * @param liveRoutes routes that are announced
 * @param standings how each interceptor fares
 * @param sendErrors packets the kernel did not take, by its error's name
 * @param governor what keeps the copier within its budget has decided
 * @param mysql what the adapters count, when the services are MySQL
 */
public record Figures(
        Ledgers ledgers,
        IntSupplier liveRoutes,
        Supplier<List<Standing>> standings,
        Supplier<Map<String, Long>> sendErrors,
        Supplier<Verdict> governor,
        Optional<MySqlCounts> mysql) {

    /** Interceptors with at least one stream. */
    public long interceptorsUp() {
        return standings.get().stream().filter(s -> s.streamsUp() > 0).count();
    }
}
