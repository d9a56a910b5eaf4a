// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.ConfigException;
import drcopy.coordinator.pool.Control;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code coordinator set ratio=20}. */
@Command(name = "set", description = "Sets what every copier of the pool obeys.")
public final class SetCommand extends ControlCommand {
    private static final String KEY = "ratio=";

    @Parameters(paramLabel = "ratio=PERCENT", description = "share of the sessions to copy, 1..100")
    private String setting;

    private int ratio;

    @Override
    void check() {
        ratio = ConfigException.parse("set", setting, SetCommand::percent);
    }

    private static int percent(String text) {
        String value = text.startsWith(KEY) ? text.substring(KEY.length()) : "";
        if (!value.matches("[0-9]{1,3}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > 100) {
            throw new IllegalArgumentException("must be ratio=1..100");
        }
        return Integer.parseInt(value);
    }

    @Override
    Control change(Control before) {
        return before.withRatio(ratio);
    }
}
