// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import static org.awaitility.Awaitility.await;

import drcopy.agent.HostPort;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import drcopy.v1.InterceptionServiceGrpc;
import drcopy.v1.Welcome;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The far side: a real gRPC server on loopback that speaks the protocol and keeps the routes of each stream. Any thread. */
final class FakeInterceptor extends InterceptionServiceGrpc.InterceptionServiceImplBase implements AutoCloseable {
    private static final int RECORD = 48;

    private final Server server;
    private final List<Stream> streams = new CopyOnWriteArrayList<>();
    private final boolean isWelcoming;

    private FakeInterceptor(int port, boolean isWelcoming) throws IOException {
        this.isWelcoming = isWelcoming;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .directExecutor()
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .flowControlWindow(65_535)
                .addService(this)
                .build()
                .start();
    }

    static FakeInterceptor start(int port) throws IOException {
        return new FakeInterceptor(port, true);
    }

    /** Takes calls and never answers. */
    static FakeInterceptor silent() throws IOException {
        return new FakeInterceptor(0, false);
    }

    HostPort address() {
        return new HostPort("127.0.0.1", server.getPort());
    }

    /** Streams that are open, in the order they came. */
    List<Stream> streams() {
        return streams;
    }

    /** Routes of all open streams. */
    Set<Long> routes() {
        Set<Long> all = new HashSet<>();
        streams.forEach(stream -> all.addAll(stream.routes()));
        return all;
    }

    @Override
    public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> responses) {
        Stream stream = new Stream((ServerCallStreamObserver<AttachResponse>) responses);
        streams.add(stream);
        return stream;
    }

    @Override
    public void close() {
        server.shutdownNow();
        await().until(server::isTerminated);
    }

    /** One Attach call. */
    final class Stream implements StreamObserver<AttachRequest> {
        private final ServerCallStreamObserver<AttachResponse> out;
        private final List<AttachRequest> messages = new ArrayList<>();
        private final Set<Long> routes = new HashSet<>();
        private volatile boolean isStalled;

        private Stream(ServerCallStreamObserver<AttachResponse> out) {
            this.out = out;
            out.setOnCancelHandler(() -> streams.remove(this));
            out.disableAutoRequest();
            out.request(1);
        }

        synchronized Set<Long> routes() {
            return Set.copyOf(routes);
        }

        synchronized List<AttachRequest> messages() {
            return List.copyOf(messages);
        }

        /** Sends something to the copier. */
        synchronized void send(AttachResponse message) {
            out.onNext(message);
        }

        /** Takes no more messages until {@link #takeAgain}. */
        void stall() {
            isStalled = true;
        }

        void takeAgain() {
            isStalled = false;
            out.request(1);
        }

        @Override
        public synchronized void onNext(AttachRequest message) {
            messages.add(message);
            if (message.hasHello() && isWelcoming) {
                Welcome welcome = Welcome.newBuilder()
                        .setInterceptorId("fake")
                        .setVersion("1")
                        .setProtocol(1)
                        .setMode("route")
                        .build();
                out.onNext(AttachResponse.newBuilder().setWelcome(welcome).build());
            }
            if (message.hasSnapshot()) {
                if (message.getSnapshot().getFirst()) {
                    routes.clear();
                }
                routes.addAll(ids(message.getSnapshot().getRoutes(), RECORD));
            }
            if (message.hasRoutes()) {
                routes.addAll(ids(message.getRoutes().getAdd(), RECORD));
                routes.removeAll(ids(message.getRoutes().getRemove(), 8));
            }
            if (!isStalled) {
                out.request(1);
            }
        }

        private static List<Long> ids(com.google.protobuf.ByteString bytes, int step) {
            List<Long> ids = new ArrayList<>();
            for (int at = 0; at < bytes.size(); at += step) {
                ids.add(bytes.asReadOnlyByteBuffer().getLong(at));
            }
            return ids;
        }

        @Override
        public void onError(Throwable error) {
            streams.remove(this);
        }

        @Override
        public void onCompleted() {
            streams.remove(this);
            out.onCompleted();
        }
    }
}
