// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code coordinator id list} and {@code id free N}. */
@Command(
        name = "id",
        description = "Shows and frees leases of instance IDs.",
        subcommands = {IdListCommand.class, IdFreeCommand.class})
public final class IdCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new ConfigException("COMMAND", null, "must be list or free; --help explains");
    }
}
