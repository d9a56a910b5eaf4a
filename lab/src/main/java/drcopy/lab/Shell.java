// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short commands of this machine, waited for. */
public final class Shell {
    /** How a command ended, and what it said on both streams. */
    public record Outcome(int status, String output) {}

    private Shell() {}

    /**
     * Runs a command to its end.
     *
     * @throws IllegalStateException with its output, if it takes longer than {@code limit}
     */
    public static Outcome attempt(Duration limit, String... command) {
        Path file = null;
        try {
            file = Files.createTempFile("drcopy-lab", ".out");
            Process process = new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(file.toFile())
                    .start();
            boolean hasEnded = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            String output = Files.readString(file, StandardCharsets.UTF_8);
            if (!hasEnded) {
                process.destroyForcibly();
                throw new IllegalStateException(List.of(command) + " takes over " + limit + ":\n" + output);
            }
            return new Outcome(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            delete(file);
        }
    }

    /**
     * Runs a command that must succeed.
     *
     * @return its output
     * @throws IllegalStateException with its output, if it fails or takes longer than {@code limit}
     */
    public static String run(Duration limit, String... command) {
        Outcome outcome = attempt(limit, command);
        if (outcome.status() != 0) {
            throw new IllegalStateException(
                    List.of(command) + " failed with " + outcome.status() + ":\n" + outcome.output());
        }
        return outcome.output();
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
