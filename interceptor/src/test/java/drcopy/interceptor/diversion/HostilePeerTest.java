// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorGauge;
import drcopy.interceptor.stream.StreamServer;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes to the gRPC port without being a copier; a copier beside it notices nothing. */
class HostilePeerTest {
    private static final int CONNECTIONS = 40;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private LoopbackInterceptor interceptor;
    private TestCopier copier;

    @BeforeEach
    void attachACopier() throws IOException {
        interceptor = new LoopbackInterceptor(
                4, new StreamServer.Limits(CONNECTIONS, 1, 1), InsecureServerCredentials.create());
        copier = TestCopier.attach(interceptor.port());
        copier.send(Records.hello("honest", 1, 0), Records.add(100, 1));
        await().until(() -> interceptor.count(InterceptorCounter.ROUTES_ADDED) == 1);
    }

    @AfterEach
    void theCopierIsStillServed() {
        interceptor.respond(1, 4711);
        await().until(() -> copier.responses.stream().anyMatch(r -> r.seq() == 4711));
        assertThat(copier.error).isNull();
        copier.close();
        interceptor.close();
        assertThat(interceptor.death.get()).isNull();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), interceptor.port());
        socket.setSoTimeout(15_000);
        return socket;
    }

    /** Reads until the interceptor ends the connection, in order or by a reset. */
    private static void awaitEnd(Socket socket) throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {
                Thread.onSpinWait();
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    static List<byte[]> greetings() {
        Random random = new Random(5);
        List<byte[]> greetings = new ArrayList<>();
        greetings.add("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        greetings.add("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII));
        greetings.add(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252, 3, 3});
        greetings.add(new byte[64 * 1024]);
        for (int i = 0; i < 10; i++) {
            byte[] noise = new byte[1 + random.nextInt(5000)];
            random.nextBytes(noise);
            greetings.add(noise);
            byte[] afterPreface = new byte[PREFACE.length() + noise.length];
            System.arraycopy(PREFACE.getBytes(StandardCharsets.US_ASCII), 0, afterPreface, 0, PREFACE.length());
            System.arraycopy(noise, 0, afterPreface, PREFACE.length(), noise.length);
            greetings.add(afterPreface);
        }
        return greetings;
    }

    @ParameterizedTest
    @MethodSource("greetings")
    void closesAConnectionThatSpeaksSomethingElse(byte[] greeting) throws IOException {
        try (Socket socket = connect()) {
            try {
                socket.getOutputStream().write(greeting);
            } catch (IOException e) {
                assertThat(e).as("closed while we wrote").isNotNull();
            }
            awaitEnd(socket);
        }
        await().until(() -> interceptor.counters.value(InterceptorGauge.CONNECTIONS) == 1);
    }

    @Test
    void closesAConnectionThatSaysNothing() throws IOException {
        try (Socket socket = connect()) {
            awaitEnd(socket);
        }
    }

    @Test
    void closesAConnectionThatStopsInTheMiddleOfTheHandshake() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(PREFACE.substring(0, 10).getBytes(StandardCharsets.US_ASCII));
            awaitEnd(socket);
        }
    }

    @Test
    void closesConnectionsBeyondTheLimitAtOnceAndTakesOthersLater() throws IOException {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS + 20; i++) {
            silent.add(connect());
        }
        await().until(() -> interceptor.count(InterceptorCounter.CONNECTIONS_REFUSED) >= 21);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> interceptor.counters.value(InterceptorGauge.CONNECTIONS) == 1);
        for (Socket socket : silent) {
            socket.close();
        }
        try (TestCopier another = TestCopier.attach(interceptor.port())) {
            another.send(Records.hello("another", 1, 0));
            await().until(() -> another.welcome != null);
        }
    }

    @Test
    void answersHealthChecksOfAnyClient() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", interceptor.port())
                .usePlaintext()
                .build();
        try {
            HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
            HealthCheckRequest request = HealthCheckRequest.newBuilder()
                    .setService("drcopy.v1.InterceptionService")
                    .build();
            assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void tellsAnyClientWhatItServes() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", interceptor.port())
                .usePlaintext()
                .build();
        List<String> services = new CopyOnWriteArrayList<>();
        try {
            StreamObserver<ServerReflectionRequest> ask = ServerReflectionGrpc.newStub(channel)
                    .serverReflectionInfo(new StreamObserver<>() {
                        @Override
                        public void onNext(ServerReflectionResponse answer) {
                            answer.getListServicesResponse()
                                    .getServiceList()
                                    .forEach(service -> services.add(service.getName()));
                        }

                        @Override
                        public void onError(Throwable error) {}

                        @Override
                        public void onCompleted() {}
                    });
            ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
            await().untilAsserted(() -> assertThat(services)
                    .contains(
                            "drcopy.v1.InterceptionService",
                            "grpc.health.v1.Health",
                            "grpc.reflection.v1.ServerReflection"));
        } finally {
            channel.shutdownNow();
        }
    }
}
