// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator;

import drcopy.agent.Cli;
import drcopy.agent.ConfigException;
import drcopy.coordinator.command.IdCommand;
import drcopy.coordinator.command.PauseCommand;
import drcopy.coordinator.command.ResumeCommand;
import drcopy.coordinator.command.ServeCommand;
import drcopy.coordinator.command.SetCommand;
import drcopy.coordinator.command.StatusCommand;
import drcopy.coordinator.command.WatchCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code bin/coordinator}. */
@Command(
        name = "coordinator",
        description = "Keeps pools of copiers and interceptors in ZooKeeper, shows and controls them.",
        subcommands = {
            ServeCommand.class,
            StatusCommand.class,
            WatchCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            SetCommand.class,
            IdCommand.class
        })
public final class CoordinatorMain implements Callable<Integer> {
    public static void main(String... args) {
        Cli.main(new CoordinatorMain(), args);
    }

    @Override
    public Integer call() {
        throw new ConfigException(
                "COMMAND", null, "must be serve, status, watch, pause, resume, set or id; --help explains");
    }
}
