// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outer life of a long-running process: log, pid file, metrics, background. The command opens one first, builds its own parts,
 * serves metrics, says that it is ready, waits for {@link Shutdown}, ends its parts and closes this. Confined to the command's
 * thread.
 */
public final class AgentProcess implements AutoCloseable {
    /** System property with the file that the launcher of a background process waits for. */
    static final String READY_FILE = "drcopy.ready";

    private static final Logger LOG = LoggerFactory.getLogger(AgentProcess.class);

    private final String program;
    private final AgentOptions options;
    private final PidFile pidFile;
    private MetricsServer metrics;

    private AgentProcess(String program, AgentOptions options, PidFile pidFile) {
        this.program = program;
        this.options = options;
        this.pidFile = pidFile;
    }

    /**
     * Checks the shared options, starts the log, takes the pid file, and makes signals requests to end.
     *
     * @throws ConfigException for what cannot be; nothing is left behind
     */
    public static AgentProcess open(String program, AgentOptions options) {
        if (options.metricsPort() != null) {
            Check.port("--metrics-port", options.metricsPort());
            MetricsServer.address(options.metricsBind());
        }
        boolean launched = System.getProperty(READY_FILE) != null;
        Check.that(!options.isDaemon() || launched, "--daemon", null, "must be given to bin/" + program);
        if (options.log() == null) {
            Logs.toStderr(options.level());
        } else {
            Logs.toFile(options.log(), options.level());
        }
        PidFile pidFile = options.pidFile() == null ? null : PidFile.take(options.pidFile());
        Shutdown.expect();
        return new AgentProcess(program, options, pidFile);
    }

    /**
     * Serves metrics if {@code --metrics-port} asks for it.
     *
     * @param unhealthy why the process does not work; null when it does
     * @param unready why it does not do its job now; null when it does
     * @throws ConfigException when the port cannot be listened on
     */
    public void serve(Metrics registered, Supplier<String> unhealthy, Supplier<String> unready) {
        if (options.metricsPort() != null) {
            metrics = MetricsServer.start(registered, options.metricsBind(), options.metricsPort(), unhealthy, unready);
        }
    }

    /** SIGUSR1 writes this to the log. Called by a thread of the JVM's. */
    public void reportOnSignal(Supplier<String> report) {
        ReportSignal.install(report);
    }

    /** Start-up is over: systemd or whoever waits for a background start may go on, and nothing is printed to its terminal any more. */
    public void ready() {
        LOG.info(
                "{} runs, pid {}",
                Version.text(program),
                ProcessHandle.current().pid());
        Systemd.ready();
        if (options.isDaemon()) {
            if (options.log() == null) {
                Logs.toNowhere();
            }
            announce(Path.of(System.getProperty(READY_FILE)));
            System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        }
    }

    private static void announce(Path file) {
        try {
            Files.writeString(file, "ready\n");
        } catch (IOException e) {
            throw new IllegalStateException("The launcher cannot be told that start-up is done: " + Reasons.of(e), e);
        }
    }

    /** Ends the metrics endpoint and removes the pid file. */
    @Override
    public void close() {
        if (metrics != null) {
            metrics.close();
        }
        if (pidFile != null) {
            pidFile.close();
        }
    }
}
