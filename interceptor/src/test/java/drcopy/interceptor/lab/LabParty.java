// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.lab;

import com.google.protobuf.ByteString;
import drcopy.interceptor.routing.RouteRecord;
import drcopy.interceptor.summary.ResponseRecord;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import drcopy.v1.Hello;
import drcopy.v1.InterceptionServiceGrpc;
import drcopy.v1.RouteBatch;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/**
 * The parties of {@link DiversionLabTest} that live in network namespaces, each a process: {@code server ADDRESS PORT}, {@code
 * client LOCAL PORT ADDRESS PORT}, {@code copier HOST PORT CLIENT PORT TARGET PORT}. They say on stdout what happens to them.
 */
final class LabParty {
    private static final int CONNECT_MS = 4000;

    private LabParty() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        switch (args[0]) {
            case "server" -> serve(address(args[1], args[2]));
            case "client" -> connect(address(args[1], args[2]), address(args[3], args[4]));
            case "copier" -> copy(address(args[1], args[2]), address(args[3], args[4]), address(args[5], args[6]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static InetSocketAddress address(String host, String port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(port));
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static void serve(InetSocketAddress address) throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(address);
            say("listening");
            while (true) {
                server.accept().close();
            }
        }
    }

    private static void connect(InetSocketAddress local, InetSocketAddress remote) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.bind(local);
            socket.connect(remote, CONNECT_MS);
            say("connected");
        } catch (SocketTimeoutException e) {
            say("timeout");
        }
    }

    private static void copy(InetSocketAddress interceptor, InetSocketAddress client, InetSocketAddress target)
            throws InterruptedException {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(interceptor).usePlaintext().build();
        CountDownLatch end = new CountDownLatch(1);
        StreamObserver<AttachRequest> out =
                InterceptionServiceGrpc.newStub(channel).attach(new Observer(end));
        out.onNext(AttachRequest.newBuilder()
                .setHello(Hello.newBuilder().setCopierId("lab").setProtocol(1).addInstanceIds(0))
                .build());
        ByteBuffer route = ByteBuffer.allocate(RouteRecord.LENGTH);
        FlowKey key = new FlowKey()
                .set(
                        Addresses.hi(client.getAddress()),
                        Addresses.lo(client.getAddress()),
                        client.getPort(),
                        Addresses.hi(target.getAddress()),
                        Addresses.lo(target.getAddress()),
                        target.getPort());
        RouteRecord.put(route, 0, 7, key, 0, 0);
        out.onNext(AttachRequest.newBuilder()
                .setRoutes(RouteBatch.newBuilder().setAdd(ByteString.copyFrom(route)))
                .build());
        end.await();
        channel.shutdownNow();
    }

    private record Observer(CountDownLatch end) implements StreamObserver<AttachResponse> {
        @Override
        public void onNext(AttachResponse message) {
            if (message.hasWelcome()) {
                say("welcome " + message.getWelcome().getMode());
            }
            ByteBuffer b = message.getResponses().getRecords().asReadOnlyByteBuffer();
            for (int at = 0; at < b.limit(); at += ResponseRecord.LENGTH) {
                say("record " + b.getLong(at) + " flags " + b.get(at + ResponseRecord.FLAGS_OFFSET));
            }
        }

        @Override
        public void onError(Throwable t) {
            say("broke " + t.getMessage());
            end.countDown();
        }

        @Override
        public void onCompleted() {
            end.countDown();
        }
    }
}
