// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.v1.InterceptionServiceGrpc;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC server: the interception service, grpc.health.v1 and reflection. Callbacks run on the event loop: they post and
 * return. Limits keep a hostile or broken peer cheap: connections, calls per connection, message and header sizes, and a ping
 * that finds connections whose other end is gone or has never spoken.
 */
public final class StreamServer implements AutoCloseable {
    private static final int MAX_CALLS_PER_CONNECTION = 4;
    private static final int MAX_MESSAGE_BYTES = 1024 * 1024;
    private static final int MAX_HEADER_BYTES = 8 * 1024;
    private static final int FLOW_CONTROL_WINDOW_BYTES = 1024 * 1024;
    private static final int MAX_RESETS_PER_WINDOW = 200;
    private static final int RESET_WINDOW_SECONDS = 30;
    private static final long PERMITTED_PING_SECONDS = 10;
    private static final long IDLE_SECONDS = 60;

    /**
     * How much a peer may cost.
     *
     * @param connections TCP connections at a time
     * @param pingAfterSeconds a connection that has been silent this long is asked whether anybody is there
     * @param pingTimeoutSeconds and ends when there is no answer for this long
     */
    public record Limits(int connections, int pingAfterSeconds, int pingTimeoutSeconds) {
        /** For production. */
        public static final Limits DEFAULT = new Limits(256, 10, 10);
    }

    /**
     * Where to listen, and who may come.
     *
     * @param address port 0 takes any free one
     */
    public record Entrance(InetSocketAddress address, ServerCredentials credentials) {}

    private final HealthStatusManager health = new HealthStatusManager();
    private final Server server;

    /**
     * Listens and serves.
     *
     * @param loop does the work; closed by its owner after this server
     * @throws IOException when that is not possible
     */
    public StreamServer(
            Entrance entrance,
            InterceptionService service,
            InterceptorCounters counters,
            ServingLoop loop,
            Limits limits)
            throws IOException {
        ConnectionLimit limit = new ConnectionLimit(limits.connections(), counters);
        server = NettyServerBuilder.forAddress(entrance.address(), entrance.credentials())
                .channelFactory(() -> channel(limit))
                .bossEventLoopGroup(loop.acceptor())
                .workerEventLoopGroup(loop.group())
                .directExecutor()
                .permitKeepAliveTime(PERMITTED_PING_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(limits.pingAfterSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(limits.pingTimeoutSeconds(), TimeUnit.SECONDS)
                .maxConnectionIdle(IDLE_SECONDS, TimeUnit.SECONDS)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(MAX_HEADER_BYTES)
                .maxRstFramesPerWindow(MAX_RESETS_PER_WINDOW, RESET_WINDOW_SECONDS)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .addService(ServerInterceptors.intercept(service, InterceptionService.peers()))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build();
        health.setStatus(InterceptionServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
        server.start();
    }

    private static ServerChannel channel(ConnectionLimit limit) {
        ServerChannel channel = new EpollServerSocketChannel();
        channel.pipeline().addLast(limit);
        return channel;
    }

    /** The port listened on. */
    public int port() {
        return server.getPort();
    }

    /** Ends all streams; copiers see them break and come back when somebody listens again. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdownNow();
        try {
            server.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
