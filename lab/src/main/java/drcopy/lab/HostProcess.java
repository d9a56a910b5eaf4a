// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process on a host of the lab, its output in a log file. Ended by its pid on {@link #close}. */
public final class HostProcess implements AutoCloseable {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, proc(5)
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Process process;
    private final Path log;

    private HostProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a command whose first process is the one to watch and to end; its output is appended to the log. */
    static HostProcess start(List<String> command, Path log) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            return new HostProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Everything it has said so far. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for its end.
     *
     * @return its exit code
     * @throws IllegalStateException with its output, if it does not end in time
     */
    public int await(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("process " + pid() + " did not end in " + limit + ":\n" + output());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for process " + pid(), e);
        }
    }

    /** Sends a signal by name: KILL, STOP, CONT, TERM. */
    public void signal(String name) {
        signal(name, pid());
    }

    static void signal(String name, long pid) {
        Shell.run(Duration.ofSeconds(5), "kill", "-" + name, Long.toString(pid));
    }

    /** CPU seconds, user and system, of the process so far; its last figure is lost with it. */
    public double cpuSeconds() {
        String stat = read("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Most resident memory so far, in KiB; 0 once it has ended. */
    public long peakKib() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid(), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    private String read(String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid(), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it: TERM, then KILL for one that does not listen. */
    @Override
    public void close() {
        if (!process.isAlive()) {
            return;
        }
        process.destroy();
        if (!Await.happens(PATIENCE, () -> !process.isAlive())) {
            process.destroyForcibly();
            Await.until("end of process " + pid(), PATIENCE, () -> !process.isAlive());
        }
    }
}
