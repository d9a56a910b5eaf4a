// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.coordinator.pool.Control;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Option;

/** What the commands that tell copiers something have in common: who says it, when and why goes with it. */
abstract class ControlCommand extends PoolCommand {
    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for the logs of the copiers")
    private String reason;

    @Override
    final void run(Connection connection) {
        String at = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Control control = connection.store().change(before -> change(before).said(who(), at, reason));
        print(connection, control);
    }

    abstract Control change(Control before);

    private static String who() {
        return System.getProperty("user.name") + "@" + host();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
