// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.agent.AgentOptions;
import drcopy.agent.AgentProcess;
import drcopy.agent.Cli;
import drcopy.agent.ConfigException;
import drcopy.agent.Heading;
import drcopy.agent.Logs;
import drcopy.agent.Shutdown;
import drcopy.copier.check.Preflight;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.config.CopierOptions;
import drcopy.copier.config.Transfer;
import drcopy.copier.metrics.ClosingReport;
import drcopy.copier.metrics.CopierMetrics;
import drcopy.copier.metrics.ProgressLine;
import drcopy.copier.shard.SystemClock;
import drcopy.netio.FilterException;
import drcopy.netio.UnknownDeviceException;
import drcopy.wire.Addresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.NetworkInterface;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bin/copier}. */
@Command(
        name = "copier",
        description = "Captures the sessions clients hold with this host and plays replicas of them against a target.")
public final class CopierMain implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(CopierMain.class);

    @Mixin
    private final CopierOptions options = new CopierOptions();

    @Heading("This process")
    @Option(names = "--check", description = "say whether this host is ready for these options, and exit")
    private boolean check;

    @Mixin
    private final AgentOptions agentOptions = new AgentOptions();

    @Spec
    private CommandSpec spec;

    private final LongSupplier clock = new SystemClock();
    private final AtomicReference<String> failure = new AtomicReference<>();

    public static void main(String... args) {
        Cli.main(new CopierMain(), args);
    }

    @Override
    public Integer call() throws InterruptedException {
        CopierConfig config = options.config();
        if (check) {
            Logs.toNowhere();
            PrintWriter out = spec.commandLine().getOut();
            Preflight preflight = Preflight.of(config, Copier.captureOptions(config), Identity.ofCheck());
            return preflight.print(out) ? Cli.DONE : Cli.FAILED;
        }
        refuseOwnTarget(config);
        try (AgentProcess process = AgentProcess.open("copier", agentOptions);
                Copier copier = open(config)) {
            process.serve(CopierMetrics.of(copier.figures()), copier::unhealthy, copier::unready);
            copier.start();
            process.ready();
            Terminal.show(new ProgressLine(copier.figures(), clock.getAsLong()), clock);
            Shutdown.await();
            copier.stop();
            LOG.info("the books:{}{}", System.lineSeparator(), ClosingReport.of(copier.figures()));
        }
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        return Cli.DONE;
    }

    private Copier open(CopierConfig config) {
        try {
            return new Copier(config, Identity.of(config), this::fail);
        } catch (FilterException e) {
            throw new ConfigException("--filter", config.capture().filter(), "must compile: " + e.getMessage());
        } catch (UnknownDeviceException e) {
            throw new ConfigException(
                    "--interface",
                    String.join(",", config.capture().interfaces()),
                    "must be devices of this host: " + e.getMessage());
        }
    }

    private void fail(String sentence) {
        failure.compareAndSet(null, sentence);
        Shutdown.request();
    }

    /** What any client sends to this host's port would be copied to this host's port. */
    private static void refuseOwnTarget(CopierConfig config) {
        for (Transfer transfer : config.transfers().list()) {
            boolean samePort = transfer.anyOnline()
                    && transfer.onlinePort() == transfer.target().port();
            if (samePort && isOwn(transfer)) {
                throw new ConfigException(
                        "--transfer",
                        transfer,
                        "must not transfer to itself: the target is an address of this host, and so is online");
            }
        }
    }

    private static boolean isOwn(Transfer transfer) {
        try {
            return NetworkInterface.getByInetAddress(Addresses.inetAddress(
                            transfer.target().hi(), transfer.target().lo()))
                    != null;
        } catch (IOException e) {
            return false;
        }
    }
}
