// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import drcopy.agent.HostPort;
import drcopy.copier.route.RouteChanges;
import drcopy.copier.route.RouteOutlet;
import drcopy.tls.MutualTls;
import drcopy.tls.TlsFailure;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import drcopy.v1.Hello;
import drcopy.v1.IdSuperseded;
import drcopy.v1.InterceptionServiceGrpc;
import drcopy.v1.RouteBatch;
import drcopy.v1.RouteSnapshot;
import drcopy.v1.Status;
import drcopy.v1.Welcome;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.TimeUnit;

/**
 * One attempt at a stream: a channel of its own, the call, Hello. It ends once and is not used again. gRPC calls in on the
 * shard thread; summaries go straight to the sink, everything else is reported.
 */
final class InterceptorStream implements RouteOutlet {
    private static final String CLOSED = "Network closed for unknown reason";
    private static final String RESET = "Connection reset by peer";
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int KEEPALIVE_SECONDS = 20;
    private static final int KEEPALIVE_TIMEOUT_SECONDS = 5;
    private static final int FLOW_CONTROL_WINDOW = 4 << 20;
    private final ManagedChannel channel;
    private final ResponseSink sink;
    private final Reports reports;
    private ClientCallStreamObserver<AttachRequest> out;
    private boolean isAnswered;

    /** What becomes of the stream. Called by the shard thread, without a connection also by threads of gRPC; must not block. */
    interface Reports {
        void onWelcome(InterceptorStream stream, Welcome welcome);

        void onStatus(InterceptorStream stream, Status status);

        void onSuperseded(InterceptorStream stream, IdSuperseded superseded);

        /** The last report. {@code why} is a clause for people. */
        void onClosed(InterceptorStream stream, String why);
    }

    InterceptorStream(HostPort interceptor, InterceptorSet.Ways ways, ResponseSink sink, Reports reports) {
        this.sink = sink;
        this.reports = reports;
        ChannelCredentials credentials =
                ways.tls().map(MutualTls::client).orElseGet(InsecureChannelCredentials::create);
        channel = NettyChannelBuilder.forAddress(interceptor.host(), interceptor.port(), credentials)
                .eventLoopGroup(ways.streams().group())
                .channelType(EpollSocketChannel.class)
                .directExecutor()
                .disableRetry()
                .disableServiceConfigLookUp()
                .proxyDetector(address -> null)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .build();
    }

    /** Connects and says Hello. Called once. */
    void open(Hello hello) {
        InterceptionServiceGrpc.newStub(channel).attach(new Inbound());
        send(AttachRequest.newBuilder().setHello(hello).build());
    }

    /** Ends the stream and its connection. Nothing is reported that was not on its way already. */
    void close() {
        channel.shutdownNow();
    }

    @Override
    public boolean isReady() {
        return out.isReady();
    }

    @Override
    public void routes(RouteChanges changes) {
        RouteBatch batch = RouteBatch.newBuilder()
                .setAdd(bytes(changes.add(), changes.addLength()))
                .setRemove(bytes(changes.remove(), changes.removeLength()))
                .build();
        send(AttachRequest.newBuilder().setRoutes(batch).build());
    }

    @Override
    public void snapshot(byte[] routes, int length, SnapshotPart part) {
        RouteSnapshot snapshot = RouteSnapshot.newBuilder()
                .setRoutes(bytes(routes, length))
                .setFirst(part.isFirst())
                .setLast(part.isLast())
                .build();
        send(AttachRequest.newBuilder().setSnapshot(snapshot).build());
    }

    /** Nobody writes to the array any more, so that it need not be copied. */
    private static ByteString bytes(byte[] array, int length) {
        return UnsafeByteOperations.unsafeWrap(array, 0, length);
    }

    private void send(AttachRequest request) {
        try {
            out.onNext(request);
        } catch (IllegalStateException e) {
            // The call ended a moment ago; onClosed says so.
            channel.shutdownNow();
        }
    }

    private final class Inbound implements ClientResponseObserver<AttachRequest, AttachResponse> {
        @Override
        public void beforeStart(ClientCallStreamObserver<AttachRequest> call) {
            // The sink never blocks, so messages need not be asked for one by one; their bytes still are.
            call.disableAutoRequestWithInitial(Integer.MAX_VALUE);
            out = call;
        }

        @Override
        public void onNext(AttachResponse message) {
            isAnswered = true;
            switch (message.getMessageCase()) {
                case RESPONSES -> ResponseColumns.deliver(message.getResponses(), sink);
                case WELCOME -> reports.onWelcome(InterceptorStream.this, message.getWelcome());
                case CONFLICT -> sink.onRouteConflict(message.getConflict().getRouteId());
                case STATUS -> reports.onStatus(InterceptorStream.this, message.getStatus());
                case SUPERSEDED -> reports.onSuperseded(InterceptorStream.this, message.getSuperseded());
                case MESSAGE_NOT_SET -> {
                    // It comes from a newer interceptor.
                }
            }
        }

        @Override
        public void onError(Throwable error) {
            ended(reason(error));
        }

        @Override
        public void onCompleted() {
            ended("the interceptor ended the stream");
        }

        private void ended(String why) {
            channel.shutdownNow();
            reports.onClosed(InterceptorStream.this, why);
        }
    }

    private String reason(Throwable error) {
        return TlsFailure.clause(error).orElseGet(() -> statusAndRoot(error));
    }

    private String statusAndRoot(Throwable error) {
        io.grpc.Status status = io.grpc.Status.fromThrowable(error);
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        boolean isClosed = CLOSED.equals(status.getDescription())
                || String.valueOf(root.getMessage()).contains(RESET);
        if (isClosed) {
            return isAnswered
                    ? "it closed the connection"
                    : "it closed the connection at once, as one does that requires TLS and is offered none";
        }
        String text = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        String detail = root.getMessage();
        return detail == null || detail.contains(text) ? text : text + " (" + detail + ")";
    }
}
