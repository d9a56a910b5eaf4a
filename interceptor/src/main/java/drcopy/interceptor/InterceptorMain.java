// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import drcopy.agent.AgentProcess;
import drcopy.agent.Cli;
import drcopy.agent.Shutdown;
import drcopy.interceptor.config.InterceptorConfig;
import drcopy.interceptor.config.InterceptorOptions;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.metrics.InterceptorMetrics;
import drcopy.interceptor.site.CaptureSite;
import drcopy.interceptor.site.Site;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bin/interceptor}. */
@Command(
        name = "interceptor",
        description = "Diverts the target's responses on this host and tells the copiers their headers.")
public final class InterceptorMain implements Callable<Integer> {
    @Mixin
    private InterceptorOptions options = new InterceptorOptions();

    public static void main(String[] args) {
        Cli.main(new InterceptorMain(), args);
    }

    @Override
    public Integer call() {
        InterceptorConfig config = options.config();
        InterceptorCounters counters = new InterceptorCounters();
        try (AgentProcess process = AgentProcess.open("interceptor", options.agent());
                Interceptor interceptor = new Interceptor(config, site(config), counters, hostName())) {
            process.serve(InterceptorMetrics.register(counters), interceptor::unhealthy, interceptor::unready);
            process.ready();
            Shutdown.await();
            return interceptor.unhealthy() == null ? Cli.DONE : Cli.FAILED;
        }
    }

    private static Site site(InterceptorConfig config) {
        return new CaptureSite(config.captureDevice(), config.filter());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
