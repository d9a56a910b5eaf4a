// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.coordinator.pool.PoolContents;
import drcopy.coordinator.pool.PoolStatus;
import java.time.Instant;
import picocli.CommandLine.Command;

/** {@code coordinator status}. */
@Command(name = "status", description = "Shows a pool: interceptors, copiers, leases and control.")
public final class StatusCommand extends PoolCommand {
    @Override
    void run(Connection connection) {
        PoolContents contents = connection.store().contents();
        print(PoolStatus.of(contents), StatusTable.of(contents, figures(contents), Instant.now()));
    }
}
