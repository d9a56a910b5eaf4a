// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import drcopy.agent.ConfigException;
import drcopy.agent.Shutdown;
import drcopy.agent.Version;
import drcopy.interceptor.config.InterceptorConfig;
import drcopy.interceptor.diversion.DiversionAgent;
import drcopy.interceptor.diversion.DiversionDriver;
import drcopy.interceptor.diversion.EpochClock;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.site.Site;
import drcopy.interceptor.stream.InterceptionService;
import drcopy.interceptor.stream.ServingLoop;
import drcopy.interceptor.stream.StreamInbox;
import drcopy.interceptor.stream.StreamServer;
import drcopy.netio.PacketSource;
import drcopy.v1.Welcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running interceptor: diversion thread, gRPC server and guard put together. Started and closed by one thread. Closing leaves
 * the diversion in place: the target's responses then end in the device and reach nobody.
 */
final class Interceptor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Interceptor.class);
    private static final int MAX_STREAMS = 256;
    private static final int BYTES_PER_ROUTE = 96;
    private static final int HEAP_SHARE_OF_ROUTES = 6;
    private static final int MOST_ROUTES = 1_000_000;

    private final AtomicReference<Throwable> death = new AtomicReference<>();
    private final DiversionAgent agent;
    private final ServingLoop loop = new ServingLoop();
    private final StreamServer server;
    private final Guard guard;

    /**
     * Diverts first, then serves.
     *
     * @throws ConfigException when the port cannot be listened on
     */
    Interceptor(InterceptorConfig config, Site site, InterceptorCounters counters, String id) {
        site.install();
        LOG.info("[{}] {}: {}", id, site.mode(), site.text());
        PacketSource source = site.open();
        StreamInbox inbox = new StreamInbox(MAX_STREAMS, loop::wakeUp);
        Welcome welcome = Welcome.newBuilder()
                .setInterceptorId(id)
                .setVersion(Version.version())
                .setProtocol(1)
                .setMode(site.mode())
                .build();
        agent = new DiversionAgent(
                source,
                () -> site.upkeep(source),
                site.services(),
                inbox,
                counters,
                maxRoutes(),
                welcome,
                new EpochClock(System::nanoTime));
        DiversionDriver driver = new DiversionDriver(agent, loop, System::nanoTime, this::die);
        InterceptionService service = new InterceptionService(inbox, counters, System::nanoTime);
        server = listen(config, service, counters);
        guard = new Guard(site, service, counters);
        loop.drive(source.fileDescriptor(), DiversionAgent.INTERVAL_MS, driver);
        guard.start();
        LOG.info(
                "[{}] Serves copiers on {} port {}, {}",
                id,
                config.listen().getAddress().getHostAddress(),
                server.port(),
                config.tls().isPresent() ? "with mutual TLS" : "without TLS");
    }

    private StreamServer listen(InterceptorConfig config, InterceptionService service, InterceptorCounters counters) {
        InetSocketAddress address = config.listen();
        try {
            StreamServer.Entrance entrance = new StreamServer.Entrance(address, config.credentials());
            return new StreamServer(entrance, service, counters, loop, StreamServer.Limits.DEFAULT);
        } catch (IOException e) {
            loop.close();
            agent.close();
            throw new ConfigException(
                    "--port", address.getPort(), "must be free to listen on at " + address.getHostString());
        }
    }

    private static int maxRoutes() {
        return (int) Math.min(Runtime.getRuntime().maxMemory() / HEAP_SHARE_OF_ROUTES / BYTES_PER_ROUTE, MOST_ROUTES);
    }

    private void die(Throwable cause) {
        death.set(cause);
        Shutdown.request();
    }

    /** Why the process does not work; null when it does. Any thread. */
    String unhealthy() {
        Throwable cause = death.get();
        return cause == null ? null : "the diversion thread failed: " + cause;
    }

    /** Why it does not do its job now; null when it does. Any thread. */
    String unready() {
        String unhealthy = unhealthy();
        return unhealthy == null ? guard.objection() : unhealthy;
    }

    @Override
    public void close() {
        guard.close();
        server.close();
        loop.close();
        agent.close();
    }
}
