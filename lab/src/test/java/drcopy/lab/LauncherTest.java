// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bin/copier} and {@code bin/interceptor} as their users start them, in a namespace with nothing but loopback. */
@Tag("lab")
class LauncherTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String HOST =
            "drcopy-launch-" + ProcessHandle.current().pid();
    private static final Path ROOT = Path.of(System.getProperty("drcopy.home"));
    private static final String CAPTURE = "interceptor --capture lo -F tcp";

    @TempDir
    private Path folder;

    private Path pidFile;

    @BeforeAll
    static void up() {
        Shell.run(LIMIT, "ip", "netns", "add", HOST);
        Shell.run(LIMIT, "ip", "-n", HOST, "link", "set", "lo", "up");
    }

    @AfterAll
    static void down() {
        Shell.run(LIMIT, "ip", "netns", "delete", HOST);
    }

    @AfterEach
    void endBackground() throws IOException {
        if (pidFile != null && Files.exists(pidFile)) {
            holder().ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private static Shell.Outcome start(String words, String... more) {
        Stream<String> command = Stream.of(words.strip().split(" +")).map(word -> word.replace('~', ' '));
        List<String> all = Stream.concat(command, Stream.of(more)).toList();
        String program = ROOT.resolve("bin").resolve(all.get(0)).toString();
        Stream<String> inNamespace = Stream.of("ip", "netns", "exec", HOST, program);
        return Shell.attempt(
                LIMIT, Stream.concat(inNamespace, all.stream().skip(1)).toArray(String[]::new));
    }

    private Optional<ProcessHandle> holder() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()));
    }

    /** In a word, {@code ~} stands for a space. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "copier                                             | --transfer: must be given",
                "copier -x 80-198.18.0.1:80                         | --servers: must be given",
                "copier -x 80 -s 198.18.0.2                         | --transfer 80: must be",
                "copier -x 80-198.18.0.1 -s 198.18.0.2              | --transfer 80-198.18.0.1: must be",
                "copier -x 0-198.18.0.1:80 -s 198.18.0.2            | --transfer 0-198.18.0.1:80: must have a port of"
                        + " 1..65535",
                "copier -x 80-2001:db8::1:80 -s 198.18.0.2          | --transfer 80-2001:db8::1:80: must have brackets",
                "copier -x 80-\"198.18.0.1:80 -s 198.18.0.2         | --transfer 80-\"198.18.0.1:80: must be",
                "copier -x 80-127.0.0.1:80 -s 198.18.0.2            | --transfer 80-127.0.0.1:80: must not transfer to"
                        + " itself",
                "copier -x 80-198.18.0.1:80 -s 198.18.0.2:99999     | --servers 198.18.0.2:99999: must have a port of"
                        + " 1..65535",
                "copier -x 80-198.18.0.1:80 -s h -p 0               | --port 0: must be 1..65535",
                "copier -x 80-198.18.0.1:80 -s h -C 17              | --connections 17: must be 1..16",
                "copier -x 80-198.18.0.1:80 -s h -r 0               | --ratio 0: must be 1..100",
                "copier -x 80-198.18.0.1:80 -s h -r ten             | --ratio ten: must be a whole number",
                "copier -x 80-198.18.0.1:80 -s h -r 5 -r 6          | --ratio: may be given only once",
                "copier -x 80-198.18.0.1:80 -s h -m 12              | --memory 12: must be",
                "copier -x 80-198.18.0.1:80 -s h -m                 | --memory: must be followed by a value",
                "copier -x 80-198.18.0.1:80 -s h --interface nope0  | --interface",
                "copier -x 80-198.18.0.1:80 -s h -F tcp~rc~port     | --filter tcp rc port: must compile",
                "copier -x 80-198.18.0.1:80 -s h -l /nowhere/log    | --log /nowhere/log: must be a file that can be"
                        + " written",
                "copier -x 80-198.18.0.1:80 -s h -i /etc/passwd    | --pcap /etc/passwd: must be a capture file, and"
                        + " this one is neither pcap nor pcapng",
                "copier -x 80-198.18.0.1:80 -i /etc/none --dry-run | --pcap /etc/none: must be a capture file, and"
                        + " this one cannot be read: there is no such file",
                "copier -x 80-198.18.0.1:80 -s h -d -P /nowhere/pid | --pid-file /nowhere/pid: must be a file that can"
                        + " be written",
                "copier -x 80-198.18.0.1:80 -s h --config /nowhere  | --config /nowhere: must be a readable text file",
                "copier -x 80-198.18.0.1:80 -s h --trasnfer 80      | --trasnfer: must be a known option, perhaps"
                        + " --transfer",
                "interceptor                                        | --divert: must be given",
                "interceptor --divert 198.18.0.1                    | --divert 198.18.0.1: must be VIP:port",
                "interceptor --divert 198.18.0.1:80 --mode tun      | --mode tun: must be route or nfqueue",
                "interceptor --divert 198.18.0.1:80 --capture lo    | --capture lo: must not be given together with"
                        + " --divert",
                "interceptor --divert 198.18.0.1:80 -x 1.2.3.4/99   | --pass 1.2.3.4/99: must have a prefix of 0..32"
                        + " bits",
                "interceptor --divert 198.18.0.1:80 -p 0            | --port 0: must be 1..65535",
                "interceptor --divert 198.18.0.1:80 -b 198.18.7.7   | --bind 198.18.7.7: must be an address of this"
                        + " host",
                "interceptor --capture nope0 -F tcp                 | --capture nope0: must be a network device of"
                        + " this host",
                "interceptor --capture lo -F tcp~rc~port            | --filter tcp rc port: must compile",
                "interceptor --capture lo -F tcp --metrics-port 70000 | --metrics-port 70000: must be 1..65535",
            })
    void aBadCommandLineIsRefusedInOneSentence(String command, String sentence) {
        Shell.Outcome outcome = start(command);

        String program = command.split(" ", 2)[0];
        assertThat(outcome.output().lines().toList()).hasSize(1);
        assertThat(outcome.output()).startsWith(program + ": " + sentence);
        assertThat(outcome.status()).isEqualTo(2);
    }

    @Test
    void aBackgroundStartReturnsWhenTheProcessIsReadyAndSigtermEndsItInOrder() throws IOException {
        pidFile = folder.resolve("pid");
        String log = folder.resolve("log").toString();

        Shell.Outcome outcome = start(CAPTURE, "-d", "-l", log, "-P", pidFile.toString(), "--metrics-port", "9464");

        assertThat(outcome).isEqualTo(new Shell.Outcome(0, ""));
        ProcessHandle process = holder().orElseThrow();
        assertThat(get("/readyz")).isEqualTo("ok\n");
        assertThat(get("/metrics")).contains("drcopy_build_info", "process_cpu_seconds_total");
        assertThat(Files.readString(Path.of(log))).contains("pid " + process.pid());

        process.destroy();
        Await.until("the process has ended", LIMIT, () -> !process.isAlive());
        assertThat(pidFile).doesNotExist();
    }

    @Test
    void aBackgroundStartHandsOnTheRefusal() {
        pidFile = folder.resolve("pid");
        String port = "9464";
        start(CAPTURE, "-d", "-P", pidFile.toString(), "--metrics-port", port);

        Shell.Outcome samePidFile = start(CAPTURE, "-d", "-P", pidFile.toString(), "-p", "4000");
        Shell.Outcome sameMetricsPort = start(CAPTURE, "-d", "-p", "4000", "--metrics-port", port);

        assertThat(samePidFile.status()).isEqualTo(2);
        assertThat(samePidFile.output())
                .contains("interceptor: --pid-file " + pidFile + ": must not be held by a live process");
        assertThat(sameMetricsPort.status()).isEqualTo(2);
        assertThat(sameMetricsPort.output()).contains("interceptor: --metrics-port " + port + ": must be free");
    }

    @Test
    void sigtermEndsAForegroundProcessWithZero() throws IOException, InterruptedException {
        pidFile = folder.resolve("pid");
        Process process = new ProcessBuilder(Stream.concat(
                                Stream.of("ip", "netns", "exec", HOST, ROOT + "/bin/interceptor"),
                                Stream.of("--capture", "lo", "-F", "tcp", "-P", pidFile.toString()))
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        Await.until("it says that it runs", LIMIT, () -> contains(folder.resolve("out"), "runs, pid"));

        process.destroy();

        assertThat(process.waitFor()).isZero();
        assertThat(pidFile).doesNotExist();
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    private static String get(String path) {
        return Shell.run(LIMIT, "ip", "netns", "exec", HOST, "curl", "-s", "http://127.0.0.1:9464" + path);
    }
}
