// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.v1.InterceptionServiceGrpc;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC server: the interception service, grpc.health.v1 and reflection. Callbacks run on the event loops: they post and
 * return. Limits keep a hostile or broken peer cheap: connections, calls per connection, message and header sizes, and a ping
 * that finds connections whose other end is gone or has never spoken.
 */
public final class StreamServer implements AutoCloseable {
    private static final int EVENT_LOOPS = 2;
    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_CALLS_PER_CONNECTION = 8;
    private static final int MAX_MESSAGE_BYTES = 1024 * 1024;
    private static final int MAX_HEADER_BYTES = 8 * 1024;
    private static final int FLOW_CONTROL_WINDOW_BYTES = 1024 * 1024;
    private static final int MAX_RESETS_PER_WINDOW = 200;
    private static final int RESET_WINDOW_SECONDS = 30;
    private static final long PING_AFTER_SECONDS = 10;
    private static final long PING_TIMEOUT_SECONDS = 5;
    private static final long IDLE_SECONDS = 60;

    private final HealthStatusManager health = new HealthStatusManager();
    private final EventLoopGroup loops;
    private final Server server;

    /**
     * Listens and serves.
     *
     * @param address where to listen; port 0 takes any free one
     * @throws IOException when that is not possible
     */
    public StreamServer(InetSocketAddress address, InterceptionService service, InterceptorCounters counters)
            throws IOException {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        loops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, new DefaultThreadFactory("grpc", true), io);
        ConnectionLimit limit = new ConnectionLimit(MAX_CONNECTIONS, counters);
        server = NettyServerBuilder.forAddress(address)
                .channelFactory(() -> channel(epoll, limit))
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .directExecutor()
                .permitKeepAliveTime(PING_AFTER_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(PING_AFTER_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PING_TIMEOUT_SECONDS, TimeUnit.SECONDS)
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
        start();
    }

    private void start() throws IOException {
        try {
            server.start();
        } catch (IOException e) {
            var unused = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    private static ServerChannel channel(boolean epoll, ConnectionLimit limit) {
        ServerChannel channel = epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
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
        var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
