// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import drcopy.agent.AgentOptions;
import drcopy.agent.AgentProcess;
import drcopy.agent.Check;
import drcopy.agent.Cli;
import drcopy.agent.Finding;
import drcopy.agent.HostName;
import drcopy.agent.Logs;
import drcopy.agent.Shutdown;
import drcopy.coordinator.member.PoolCheck;
import drcopy.interceptor.check.Preflight;
import drcopy.interceptor.config.InterceptorConfig;
import drcopy.interceptor.config.InterceptorOptions;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.metrics.InterceptorMetrics;
import drcopy.interceptor.metrics.InterceptorReport;
import drcopy.interceptor.site.Site;
import drcopy.netio.DiversionRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bin/interceptor}. */
@Command(
        name = "interceptor",
        description = "Diverts the target's responses on this host and tells the copiers their headers.")
public final class InterceptorMain implements Callable<Integer> {
    @Mixin
    private final InterceptorOptions options = new InterceptorOptions();

    @Mixin
    private final AgentOptions agentOptions = new AgentOptions();

    @Spec
    private CommandSpec spec;

    public static void main(String... args) {
        Cli.main(new InterceptorMain(), args);
    }

    @Override
    public Integer call() {
        InterceptorConfig config = options.config();
        Optional<Membership> membership = options.pool().map(pool -> new Membership(pool, options.advertised()));
        Site site = Site.of(config);
        if (options.isCheck()) {
            Logs.toNowhere();
            List<Finding> findings = new ArrayList<>(Preflight.of(config));
            options.pool().ifPresent(pool -> findings.addAll(PoolCheck.of(pool).findings(Optional.empty())));
            return Finding.print(findings, spec.commandLine().getOut()) ? Cli.DONE : Cli.FAILED;
        }
        refuseListenAddress(config);
        InterceptorCounters counters = new InterceptorCounters();
        try (AgentProcess process = AgentProcess.open("interceptor", agentOptions);
                Interceptor interceptor = new Interceptor(config, site, counters, HostName.get())) {
            process.serve(
                    InterceptorMetrics.register(counters, config.tls()), interceptor::unhealthy, interceptor::unready);
            process.reportOnSignal(() -> InterceptorReport.of(counters));
            try (Membership joined = membership.orElse(null)) {
                if (joined != null) {
                    joined.join(config, agentOptions.metricsAddress());
                }
                process.ready();
                Shutdown.await();
            }
            if (interceptor.unhealthy() != null) {
                throw new IllegalStateException(interceptor.unhealthy());
            }
            return Cli.DONE;
        }
    }

    /** Removes the rules, whoever installed them. */
    @Command(
            name = "release",
            description = "Removes the diversion of this host: real clients get responses of the test service again.")
    int release() {
        DiversionRules.release();
        return Cli.DONE;
    }

    private static void refuseListenAddress(InterceptorConfig config) {
        InetSocketAddress listen = config.listen();
        InetAddress address = listen.getAddress();
        Check.that(
                address.isAnyLocalAddress() || Preflight.isOwn(address),
                "--bind",
                address.getHostAddress(),
                "must be an address of this host");
        String objection = Preflight.listenObjection(listen);
        Check.that(
                objection == null,
                "--port",
                listen.getPort(),
                "must be free to listen on at " + listen.getAddress().getHostAddress() + ": " + objection);
    }
}
