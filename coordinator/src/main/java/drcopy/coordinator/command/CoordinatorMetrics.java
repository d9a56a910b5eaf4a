// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.Metrics;
import java.util.function.BooleanSupplier;

/** Everything {@code coordinator serve} shows on {@code /metrics}. */
public final class CoordinatorMetrics {
    private CoordinatorMetrics() {}

    /** @param isConnected whether ZooKeeper answers; any thread */
    public static Metrics of(BooleanSupplier isConnected) {
        Metrics metrics = new Metrics("coordinator");
        metrics.gauge("zookeeper_connected", "1 while ZooKeeper answers.", () -> isConnected.getAsBoolean() ? 1 : 0);
        return metrics;
    }
}
