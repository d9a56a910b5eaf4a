// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.Shutdown;
import drcopy.coordinator.pool.PoolContents;
import drcopy.coordinator.pool.PoolStatus;
import drcopy.coordinator.zk.AwayException;
import drcopy.coordinator.zk.PoolChanges;
import java.time.Instant;
import picocli.CommandLine.Command;

/** {@code coordinator watch}. */
@Command(name = "watch", description = "Shows a pool anew whenever it changes, until interrupted.")
public final class WatchCommand extends PoolCommand {
    private static final long LOOK_MS = 1_000;

    private PoolStatus shown;

    @Override
    void run(Connection connection) throws InterruptedException {
        try (PoolChanges changes = new PoolChanges(connection.client())) {
            show(connection);
            while (!Shutdown.isRequested()) {
                if (changes.await(LOOK_MS)) {
                    show(connection);
                }
            }
        }
    }

    /** While ZooKeeper is away there is nothing new to show. */
    private void show(Connection connection) {
        PoolContents contents;
        try {
            contents = connection.store().contents();
        } catch (AwayException e) {
            return;
        }
        PoolStatus status = PoolStatus.of(contents);
        if (!status.equals(shown)) {
            shown = status;
            print(status, StatusTable.of(contents, figures(contents), Instant.now()) + System.lineSeparator());
        }
    }
}
