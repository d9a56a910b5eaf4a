// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.Check;
import drcopy.coordinator.pool.Lease;
import drcopy.coordinator.pool.LeaseNode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code coordinator id free N}. */
@Command(
        name = "free",
        description =
                "Takes an instance ID from its holder, which opens nothing new on it and takes another if it may.")
public final class IdFreeCommand extends PoolCommand {
    @Parameters(paramLabel = "N", description = "instance ID, 0..1023")
    private int id;

    /**
     * What {@code --json} prints.
     *
     * @param holder who had it; null when nobody had
     */
    private record Freed(int id, String holder) {}

    @Override
    void check() {
        Check.range("N", id, 0, Lease.IDS - 1);
    }

    @Override
    void run(Connection connection) {
        Optional<LeaseNode> before = connection.store().free(id);
        print(
                new Freed(id, before.map(LeaseNode::holder).orElse(null)),
                before.map(node -> "ID " + id + " was taken from copier " + node.holder())
                        .orElse("ID " + id + " was free already"));
    }
}
