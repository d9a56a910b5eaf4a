// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.agent.AgentOptions;
import drcopy.agent.AgentProcess;
import drcopy.agent.Check;
import drcopy.agent.Cli;
import drcopy.agent.ConfigException;
import drcopy.agent.Heading;
import drcopy.agent.IpLiteral;
import drcopy.agent.Logs;
import drcopy.agent.Shutdown;
import drcopy.copier.check.Preflight;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.config.CopierOptions;
import drcopy.copier.config.OfflineOptions;
import drcopy.copier.config.ReplayPlan;
import drcopy.copier.config.Transfer;
import drcopy.copier.metrics.ClosingReport;
import drcopy.copier.metrics.ProgressLine;
import drcopy.copier.metrics.ReplayProgress;
import drcopy.copier.offline.DryRun;
import drcopy.copier.offline.Replay;
import drcopy.copier.shard.SystemClock;
import drcopy.netio.BadCaptureFileException;
import drcopy.netio.FilterException;
import drcopy.netio.UnknownDeviceException;
import drcopy.wire.Addresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
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

    @Mixin
    private final OfflineOptions offline = new OfflineOptions();

    @Heading("This process")
    @Option(names = "--check", description = "say whether this host is ready for these options, and exit")
    private boolean check;

    @Option(
            names = "--probe",
            split = ",",
            paramLabel = "ADDRESS",
            description =
                    "with --check: send each target one SYN from this client address, which an interceptor must see"
                            + " answered, and reset it; comma list, one address for each family")
    private List<String> probes = new ArrayList<>();

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
        ReplayPlan plan = offline.plan(options.filter(), this::isGiven).orElse(null);
        if (offline.isDryRun()) {
            return dryRun(plan);
        }
        CopierConfig config = options.config();
        Check.that(check || probes.isEmpty(), "--probe", null, "must be given together with --check");
        if (check) {
            return preflight(config, plan);
        }
        if (plan == null) {
            refuseOwnTarget(config);
        }
        try (AgentProcess process = AgentProcess.open("copier", agentOptions);
                Copier copier = open(config, plan)) {
            process.serve(copier.metrics(), copier::unhealthy, copier::unready);
            process.reportOnSignal(() -> ClosingReport.of(copier.figures()));
            copier.start();
            process.ready();
            mirror(copier);
        }
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        return Cli.DONE;
    }

    private int preflight(CopierConfig config, ReplayPlan plan) {
        List<InetAddress> sources = probes.stream()
                .map(text -> ConfigException.parse("--probe", text, IpLiteral::parse))
                .toList();
        Logs.toNowhere();
        Preflight.Asked asked =
                new Preflight.Asked(options.coordination().orElse(null), Copier.captureOptions(config), plan, sources);
        return Preflight.of(config, asked, Identity.ofCheck())
                        .print(spec.commandLine().getOut())
                ? Cli.DONE
                : Cli.FAILED;
    }

    /** Until the end is asked for, or the file is played. */
    private void mirror(Copier copier) {
        Replay replay = copier.replay();
        if (replay == null) {
            Terminal.show(new ProgressLine(copier.figures(), clock.getAsLong()), clock);
            Shutdown.await();
        } else {
            ReplayProgress progress = new ReplayProgress(copier.figures(), replay::progress, clock.getAsLong());
            try (Terminal.Progress shown = Terminal.show(progress, clock)) {
                Shutdown.await();
                shown.last();
            }
        }
        copier.stop();
        LOG.info("the books:{}{}", System.lineSeparator(), ClosingReport.of(copier.figures()));
        if (replay != null) {
            replay.facts().remarks().forEach(LOG::info);
            if (replay.facts().mismatch() != null) {
                fail(replay.facts().mismatch());
            }
        }
    }

    private boolean isGiven(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private int dryRun(ReplayPlan plan) {
        Logs.toNowhere();
        try (DryRun look = new DryRun(plan, options.transfers())) {
            look.run();
            PrintWriter out = spec.commandLine().getOut();
            look.report().forEach(out::println);
            if (look.mismatch() != null) {
                throw new IllegalStateException(look.mismatch());
            }
            return Cli.DONE;
        } catch (FilterException e) {
            throw badFilter(plan.filter(), e);
        } catch (BadCaptureFileException e) {
            throw badFile(plan, e);
        }
    }

    private static ConfigException badFilter(String filter, FilterException e) {
        return new ConfigException("--filter", filter, "must compile: " + e.getMessage());
    }

    private static ConfigException badFile(ReplayPlan plan, BadCaptureFileException e) {
        return new ConfigException("--pcap", plan.file(), "must be a capture file, and this one " + e.why());
    }

    private Copier open(CopierConfig config, ReplayPlan plan) {
        try {
            return new Copier(
                    config, plan, Identity.of(config), parts -> join(config, parts), this::fail, Shutdown::request);
        } catch (FilterException e) {
            throw badFilter(config.capture().filter(), e);
        } catch (UnknownDeviceException e) {
            throw new ConfigException(
                    "--interface",
                    String.join(",", config.capture().interfaces()),
                    "must be devices of this host: " + e.getMessage());
        } catch (BadCaptureFileException e) {
            throw badFile(plan, e);
        }
    }

    private PoolMember join(CopierConfig config, PoolMember.Parts parts) {
        return options.coordination()
                .map(pool -> new PoolMember(config, pool, agentOptions.metricsAddress(), parts))
                .orElse(null);
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
