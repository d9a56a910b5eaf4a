// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.coordinator.pool.Control;
import picocli.CommandLine.Command;

/** {@code coordinator pause}. */
@Command(name = "pause", description = "Has every copier of the pool send nothing and keep nothing, until resumed.")
public final class PauseCommand extends ControlCommand {
    @Override
    Control change(Control before) {
        return before.withPaused(true);
    }
}
