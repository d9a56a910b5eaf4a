// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

class CliTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Cli.run(new Sample(), new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--ratio 5                     | sample: --transfer: must be given",
                "-x                            | sample: --transfer: must be followed by a value",
                "-x -r                         | sample: --transfer: must be followed by a value",
                "-x 80 --ratio 130             | sample: --ratio 130: must be 1..100",
                "-x 80 -r ten                  | sample: --ratio ten: must be a whole number",
                "-x 80 -r 5 --ratio 6          | sample: --ratio: may be given only once",
                "-x 80 --mode tun              | sample: --mode tun: must be route or nfqueue",
                "-x 80 --speed fast            | sample: --speed fast: must be a number",
                "-x 80 -s h:0                  | sample: --servers h:0: must have a port of 1..65535",
                "-x 80 -s ok:1,h:0             | sample: --servers h:0: must have a port of 1..65535",
                "-x 80 -s \"h:0                | sample: --servers \"h:0: must have a port of 1..65535",
                "-x 80 --ratoi 5               | sample: --ratoi: must be a known option, perhaps --ratio",
                "-x 80 -Q                      | sample: -Q: must be a known option, --help lists them",
                "-x 80 stray                   | sample: stray: must follow an option, nothing else is expected here",
                "-x 80 --metrics-port 70000    | sample: --metrics-port 70000: must be 1..65535",
                "-x 80 --daemon                | sample: --daemon: must be given to bin/sample",
                "-x 80 --config /nowhere       | sample: --config /nowhere: must be a readable text file",
                "-x 80 -l /nowhere/log         | sample: --log /nowhere/log: must be a file that can be written: no such folder",
                "-x 80 -P /nowhere/pid         | sample: --pid-file /nowhere/pid: must be a file that can be written: no such folder",
            })
    void refusesABadCommandLineInOneSentence(String args, String sentence) {
        assertThat(run(args.strip().split(" +"))).isEqualTo(2);
        assertThat(err.toString()).isEqualTo(sentence + System.lineSeparator());
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void keepsAValueWithLineBreaksOnOneLine() {
        assertThat(run("-x", "80", "-r", "1\n2\u001b[31m")).isEqualTo(2);
        assertThat(err.toString().lines()).containsExactly("sample: --ratio 1 2\\x1b[31m: must be a whole number");
    }

    @Test
    void saysWhyItFailed() {
        assertThat(run("-x", "fail")).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("sample: the target is on fire");
    }

    @Test
    void namesTheSubcommandThatRefuses() {
        Callable<Integer> host = new Host();
        assertThat(Cli.run(host, new PrintWriter(out, true), new PrintWriter(err, true), "release", "-Q"))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly("host release: -Q: must be a known option, --help lists them");
    }

    @Test
    void helpShowsGroupsAndDefaults() {
        assertThat(run("-h")).isZero();
        assertThat(out.toString())
                .containsSubsequence(
                        "What to copy:",
                        "--transfer",
                        "Sampling:",
                        "percent of sessions (default: 100)",
                        "This process:",
                        "--pid-file",
                        "--help",
                        "--version",
                        "--config");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void versionNamesProgramAndCommit() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("sample " + Version.version() + " (commit ");
    }

    @Test
    void readsOptionsFromAFileThatTheCommandLineReplaces(@TempDir Path folder) throws IOException {
        Path file = write(folder, "# sample", "", "transfer = 80-198.18.0.1:80", "ratio 7", "once", "speed=2.5");
        assertThat(run("--config", file.toString(), "-r", "9")).isZero();
        assertThat(out.toString().strip()).isEqualTo("80-198.18.0.1:80 9 2.5 true true");
    }

    @Test
    void aSwitchInAFileCanBeTurnedOff(@TempDir Path folder) throws IOException {
        Path file = write(folder, "transfer 80", "once false", "no-lonely");
        assertThat(run("--config=" + file)).isZero();
        assertThat(out.toString().strip()).isEqualTo("80 100 1.0 false false");
    }

    @Test
    void namesTheLineOfABadOptionInAFile(@TempDir Path folder) throws IOException {
        Path file = write(folder, "transfer 80", "ratio 0");
        assertThat(run("--config", file.toString())).isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo("sample: --ratio 0: must be 1..100 (" + file + " line 2)");
    }

    @Test
    void refusesAnUnknownNameInAFile(@TempDir Path folder) throws IOException {
        Path file = write(folder, "transfer 80", "rate 5");
        assertThat(run("--config", file.toString())).isEqualTo(2);
        assertThat(err.toString().strip())
                .isEqualTo("sample: --config " + file + " line 2: must name a long option, and rate is none");
    }

    private static Path write(Path folder, String... lines) throws IOException {
        return Files.write(folder.resolve("sample.conf"), List.of(lines));
    }

    enum Mode {
        ROUTE,
        NFQUEUE
    }

    static final class ServerConverter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String value) {
            return HostPort.parse(value, 36524);
        }
    }

    static final class Sampling {
        @Heading("Sampling")
        @Option(
                names = {"-r", "--ratio"},
                paramLabel = "PERCENT",
                description = "percent of sessions (default: ${DEFAULT-VALUE})")
        private int ratio = 100;

        @Option(names = "--speed", defaultValue = "1.0", description = "speed (default: ${DEFAULT-VALUE})")
        private double speed = 1.0;
    }

    @Command(name = "sample")
    static final class Sample implements Callable<Integer> {
        @picocli.CommandLine.Spec
        private picocli.CommandLine.Model.CommandSpec spec;

        @Heading("What to copy")
        @Option(
                names = {"-x", "--transfer"},
                required = true)
        private String transfer;

        @Option(
                names = {"-s", "--servers"},
                split = ",",
                converter = ServerConverter.class)
        private List<HostPort> servers = List.of();

        @Option(names = "--mode")
        private Mode mode = Mode.ROUTE;

        @Option(names = "--once")
        private boolean once;

        @Option(names = "--lonely", negatable = true, defaultValue = "true", fallbackValue = "true")
        private boolean lonely;

        @Mixin
        private Sampling sampling;

        @Mixin
        private AgentOptions agent;

        @Override
        public Integer call() {
            Check.range("--ratio", sampling.ratio, 1, 100);
            if (transfer.equals("fail")) {
                throw new IllegalStateException("the target\nis on fire");
            }
            try (AgentProcess process = AgentProcess.open("sample", agent)) {
                process.ready();
                assertThat(servers).isNotNull();
                assertThat(mode).isNotNull();
                spec.commandLine()
                        .getOut()
                        .println(String.join(
                                " ",
                                transfer,
                                Integer.toString(sampling.ratio),
                                Double.toString(sampling.speed),
                                Boolean.toString(once),
                                Boolean.toString(lonely)));
                return Cli.DONE;
            }
        }
    }

    @Command(name = "host", subcommands = Release.class)
    static final class Host implements Callable<Integer> {
        @Override
        public Integer call() {
            return Cli.FAILED;
        }
    }

    @Command(name = "release")
    static final class Release implements Callable<Integer> {
        @Override
        public Integer call() {
            return Cli.DONE;
        }
    }
}
