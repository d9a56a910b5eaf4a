// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.stream.InterceptionService;
import drcopy.interceptor.stream.ServingLoop;
import drcopy.interceptor.stream.StreamInbox;
import drcopy.interceptor.stream.StreamServer;
import drcopy.v1.Welcome;
import drcopy.wire.SegmentBuilder;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;

/** A whole interceptor on a loopback port, but for the kernel's part: packets come from a test. */
final class LoopbackInterceptor implements AutoCloseable {
    final InterceptorCounters counters = new InterceptorCounters();
    final AtomicReference<Throwable> death = new AtomicReference<>();
    final StreamServer server;
    final InterceptionService service;

    private final PacketFeed feed = new PacketFeed();
    private final ServingLoop loop = new ServingLoop();
    private final DiversionAgent agent;

    LoopbackInterceptor(int maxStreams) throws IOException {
        this(maxStreams, StreamServer.Limits.DEFAULT, InsecureServerCredentials.create());
    }

    LoopbackInterceptor(int maxStreams, StreamServer.Limits limits, ServerCredentials credentials) throws IOException {
        StreamInbox inbox = new StreamInbox(maxStreams, loop::wakeUp);
        agent = new DiversionAgent(
                feed,
                () -> {},
                packet -> true,
                inbox,
                counters,
                100_000,
                Welcome.newBuilder().setInterceptorId("rs1").setProtocol(1).build(),
                new EpochClock(System::nanoTime));
        DiversionDriver driver = new DiversionDriver(agent, loop, System::nanoTime, death::set);
        service = new InterceptionService(inbox, counters, System::nanoTime);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = new StreamServer(new StreamServer.Entrance(address, credentials), service, counters, loop, limits);
        loop.drive(feed.fileDescriptor(), DiversionAgent.INTERVAL_MS, driver);
    }

    int port() {
        return server.port();
    }

    /** A response of flow n; its SEG.SEQ tells it from others. */
    void respond(int flow, int seq) {
        feed.put(SegmentBuilder.fromServer(Records.flow(flow)).seq(seq).ack(1).build());
        loop.wakeUp();
    }

    void respond(int flow, int seq, String payload) {
        feed.put(SegmentBuilder.fromServer(Records.flow(flow))
                .seq(seq)
                .ack(1)
                .payload(payload)
                .build());
        loop.wakeUp();
    }

    long count(InterceptorCounter counter) {
        return counters.value(counter);
    }

    @Override
    public void close() {
        server.close();
        loop.close();
        agent.close();
    }
}
