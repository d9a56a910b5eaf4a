// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

class SubcommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int run(String... args) {
        return Cli.run(new Program(), new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("serve.conf"), text);
    }

    @Test
    void readsTheConfigurationFileOfASubcommandThatRunsLong() throws IOException {
        Path file = file("data /var/lib/x\nmetrics-port 9463\n");

        assertThat(run("serve", "--config", file.toString())).as(err.toString()).isZero();
        assertThat(out.toString().strip()).isEqualTo("/var/lib/x 9463");
    }

    @Test
    void prefersTheSubcommandsOwnOptions() throws IOException {
        Path file = file("data /var/lib/x\n");

        assertThat(run("serve", "--data", "/srv", "--config", file.toString())).isZero();
        assertThat(out.toString().strip()).isEqualTo("/srv null");
    }

    @Test
    void refusesAnUnknownNameInASubcommandsFile() throws IOException {
        Path file = file("folder /x\n");

        assertThat(run("serve", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(file + " line 1: must name a long option, and folder is none");
    }

    @Command(name = "program", subcommands = Serve.class)
    static final class Program implements Callable<Integer> {
        @Override
        public Integer call() {
            return Cli.FAILED;
        }
    }

    @Command(name = "serve")
    static final class Serve implements Callable<Integer> {
        @Option(names = "--data")
        private String data = "here";

        @Mixin
        private final AgentOptions options = new AgentOptions();

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            spec.commandLine().getOut().println(data + " " + options.metricsPort());
            return Cli.DONE;
        }
    }
}
