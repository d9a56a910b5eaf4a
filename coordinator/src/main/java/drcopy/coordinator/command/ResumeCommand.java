// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.coordinator.pool.Control;
import picocli.CommandLine.Command;

/** {@code coordinator resume}. */
@Command(name = "resume", description = "Has every copier of the pool mirror again.")
public final class ResumeCommand extends ControlCommand {
    @Override
    Control change(Control before) {
        return before.withPaused(false);
    }
}
