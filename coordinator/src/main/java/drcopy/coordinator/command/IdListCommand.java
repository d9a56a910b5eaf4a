// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.coordinator.pool.PoolContents.HeldId;
import drcopy.coordinator.pool.PoolStatus;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code coordinator id list}. */
@Command(name = "list", description = "Shows which copier holds which instance ID.")
public final class IdListCommand extends PoolCommand {
    @Override
    void run(Connection connection) {
        List<HeldId> leases = connection.store().leases();
        print(PoolStatus.ids(leases), StatusTable.ofIds(leases, Instant.now()));
    }
}
