// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.Cli;
import drcopy.agent.Heading;
import drcopy.coordinator.config.PoolOptions;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.PoolContents;
import drcopy.coordinator.pool.PoolJson;
import drcopy.coordinator.pool.PoolStatus;
import drcopy.coordinator.pool.PoolWords;
import drcopy.coordinator.web.AgentFigures;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands on a pool have in common. */
abstract class PoolCommand implements Callable<Integer> {
    @Mixin
    private final PoolOptions pool = new PoolOptions();

    @Heading("This command")
    @Option(names = "--json", description = "print JSON, for programs")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public final Integer call() throws Exception {
        check();
        try (Connection connection = Connection.open(pool)) {
            run(connection);
        }
        return Cli.DONE;
    }

    /** Refuses a bad command line before anything is connected. */
    void check() {}

    abstract void run(Connection connection) throws Exception;

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** One line: JSON, or text for people. */
    final void print(Object value, String text) {
        out().println(json ? PoolJson.fullText(value) : text);
        out().flush();
    }

    /** What the pool's copiers say of themselves; nobody is asked for {@code --json}, which is what ZooKeeper holds. */
    final Map<String, Map<String, Double>> figures(PoolContents contents) {
        return json
                ? Map.of()
                : AgentFigures.lookOnce(
                        contents.copiers().stream().map(CopierNode::metrics).toList());
    }

    /** The control of a pool after a change. */
    final void print(Connection connection, Control control) {
        print(
                new PoolStatus.ControlStatus(control.paused(), control.ratio()),
                "pool " + connection.pool() + ": " + PoolWords.of(control));
    }
}
