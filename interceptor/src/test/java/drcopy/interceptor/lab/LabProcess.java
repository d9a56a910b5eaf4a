// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A process in a network namespace whose lines are collected. It ends with its namespace at the latest. */
final class LabProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Process process;

    private LabProcess(List<String> command) {
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(this::read, "lab-reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            in.lines().forEach(lines::add);
        } catch (IOException e) {
            lines.add("reading failed: " + e);
        }
    }

    /** Runs a class of ours in a namespace. */
    static LabProcess java(String namespace, Class<?> main, String... args) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        return new LabProcess(command);
    }

    /** Runs a shell line to its end and returns what it said. */
    static String shell(String line) {
        try {
            Process shell = new ProcessBuilder("sh", "-ec", line)
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))) {
                String said = String.join("\n", in.lines().toList());
                assertThat(shell.waitFor()).as(line + ": " + said).isZero();
                return said;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lines so far that hold this text. */
    long count(String text) {
        return lines.stream().filter(line -> line.contains(text)).count();
    }

    LabProcess awaitLine(String text) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(lines).anyMatch(line -> line.contains(text)));
        return this;
    }

    void awaitEnd() {
        await().atMost(PATIENCE).until(() -> !process.isAlive());
        assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
        await().atMost(PATIENCE).until(() -> !process.isAlive());
    }
}
