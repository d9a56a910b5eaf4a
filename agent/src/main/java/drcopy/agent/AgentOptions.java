// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that every long-running drcopy process takes, beside those of {@link Cli}: a picocli mixin. Filled at start, then only read. */
public final class AgentOptions {
    @Heading("This process")
    @Option(
            names = {"-l", "--log"},
            paramLabel = "FILE",
            description = "log to this file instead of stderr")
    private Path log;

    @Option(names = "--log-level", paramLabel = "LEVEL", description = "warn, info or debug (default: info)")
    private Logs.Verbosity level = Logs.Verbosity.INFO;

    @Option(
            names = {"-P", "--pid-file"},
            paramLabel = "FILE",
            description = "hold this pid file while running")
    private Path pidFile;

    @Option(
            names = {"-d", "--daemon"},
            description =
                    "run in the background; the command returns when start-up is done; nothing is logged then without --log")
    private boolean daemon;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description = "serve /metrics, /healthz and /readyz on this port (default: off)")
    private Integer metricsPort;

    @Option(
            names = "--metrics-bind",
            paramLabel = "ADDRESS",
            description = "listen address of --metrics-port (default: 127.0.0.1)")
    private String metricsBind = "127.0.0.1";

    Path log() {
        return log;
    }

    Logs.Verbosity level() {
        return level;
    }

    Path pidFile() {
        return pidFile;
    }

    boolean isDaemon() {
        return daemon;
    }

    Integer metricsPort() {
        return metricsPort;
    }

    String metricsBind() {
        return metricsBind;
    }

    /** Where {@code /metrics} is served; empty when it is not. */
    public Optional<HostPort> metricsAddress() {
        return Optional.ofNullable(metricsPort).map(port -> new HostPort(metricsBind, port));
    }
}
