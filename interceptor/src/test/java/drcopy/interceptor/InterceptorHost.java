// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import drcopy.agent.Logs;
import drcopy.agent.Shutdown;
import drcopy.interceptor.config.InterceptorConfig;
import drcopy.interceptor.config.Mode;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.site.Site;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Many interceptors that see no response, in one process: what a copier pays for fifty of them can be measured on a machine that
 * cannot hold fifty JVMs. Arguments: the first port, and how many. Prints a line when all listen.
 */
final class InterceptorHost {
    private InterceptorHost() {}

    /** Runs until it is ended. */
    public static void main(String... args) {
        Logs.toNowhere();
        int first = Integer.parseInt(args[0]);
        int count = Integer.parseInt(args[1]);
        for (int port = first; port < first + count; port++) {
            InterceptorConfig config = new InterceptorConfig(
                    List.of(),
                    Mode.ROUTE,
                    "lo",
                    "tcp port 1",
                    List.of(),
                    List.of(),
                    new InetSocketAddress(port),
                    Optional.empty());
            new Interceptor(config, Site.of(config), new InterceptorCounters(), "interceptor-" + port);
        }
        System.out.println(count + " interceptors listen");
        Shutdown.await();
    }
}
