// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import drcopy.agent.Logs;
import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.stream.InterceptionService;
import drcopy.interceptor.stream.StreamInbox;
import drcopy.v1.AttachRequest;
import drcopy.v1.Hello;
import drcopy.v1.RouteBatch;
import drcopy.v1.RouteSnapshot;
import drcopy.v1.Welcome;
import drcopy.wire.Fuzz;
import drcopy.wire.SegmentBuilder;
import io.grpc.stub.StreamObserver;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever comes on a stream is taken or ends that stream, with a sentence; a copier beside it is served as ever. */
class AttachFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final int LOOK_EVERY = 16;

    private final InterceptorCounters counters = new InterceptorCounters();
    private final StreamInbox inbox = new StreamInbox(4, () -> {});
    private final PacketFeed feed = new PacketFeed();
    private long nowNs;
    private final DiversionAgent agent = new DiversionAgent(
            feed,
            () -> {},
            packet -> true,
            inbox,
            counters,
            5_000,
            Welcome.newBuilder().setInterceptorId("rs1").setProtocol(1).build(),
            () -> nowNs);
    private final InterceptionService service = new InterceptionService(inbox, counters, () -> nowNs);
    private final FakeCall honest = new FakeCall();
    private StreamObserver<AttachRequest> in;
    private FakeCall hostile;
    private long parsed;

    @BeforeAll
    static void logNothing() {
        Logs.toNowhere(); // a line for every stream
    }

    @Test
    void noMessageDoesHarm() {
        StreamObserver<AttachRequest> copier = service.attach(honest);
        copier.onNext(Records.hello("honest", 1, 0));
        copier.onNext(Records.add(100, 1));
        work();
        Fuzz.run("route columns", 36_524, ROUNDS, (random, round) -> {
            if (hostile == null || hostile.isEnded()) {
                hostile = new FakeCall();
                in = service.attach(hostile);
                in.onNext(Records.hello("stranger" + random.nextInt(3), 2 + random.nextInt(3), 0));
                work();
            }
            try {
                in.onNext(AttachRequest.parseFrom(mangled(random, message(random))));
                parsed++;
            } catch (InvalidProtocolBufferException e) {
                in.onError(e); // gRPC's part
                hostile = null;
            }
            nowNs += random.nextInt(1_000_000);
            work();
            judge(round);
        });
        assertThat(parsed).isGreaterThan(ROUNDS / 4);
        assertThat(counters.value(InterceptorCounter.STREAMS_FAILED)).isPositive();
        assertThat(counters.value(InterceptorCounter.ROUTES_ADDED)).isPositive();
        assertThat(counters.value(InterceptorCounter.ROUTES_REMOVED)).isPositive();
        assertThat(counters.value(InterceptorCounter.SNAPSHOTS)).isPositive();
    }

    private void work() {
        agent.doWork(nowNs);
        agent.doWork(nowNs);
    }

    private void judge(int round) {
        assertThat(counters.value(InterceptorCounter.INTERNAL_ERRORS)).isZero();
        if (round % LOOK_EVERY == 0) {
            long records = honest.records();
            feed.put(SegmentBuilder.fromServer(Records.flow(1)).seq(1).ack(1).build());
            work();
            assertThat(honest.records()).isEqualTo(records + 1);
            assertThat(honest.isEnded()).isFalse();
        }
    }

    /** Routes of flows beside and beyond the honest copier's, in messages that follow the protocol more often than not. */
    private static AttachRequest message(Random random) {
        ByteString routes = ByteString.EMPTY;
        for (int n = random.nextInt(8); n > 0; n--) {
            routes = routes.concat(Records.routes(random.nextInt(50), random.nextInt(70_000), random.nextInt(3_000)));
        }
        ByteString cut = random.nextInt(20) == 0 ? routes.substring(routes.size() / 3) : routes;
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> AttachRequest.newBuilder()
                    .setRoutes(RouteBatch.newBuilder()
                            .setAdd(cut)
                            .setRemove(Records.remove(random.nextInt(3_000), random.nextLong())
                                    .getRoutes()
                                    .getRemove()))
                    .build();
            case 3 -> AttachRequest.getDefaultInstance();
            case 4 -> AttachRequest.newBuilder()
                    .setHello(Hello.newBuilder().setCopierId("again"))
                    .build();
            default -> AttachRequest.newBuilder()
                    .setSnapshot(RouteSnapshot.newBuilder()
                            .setRoutes(cut)
                            .setFirst(random.nextBoolean())
                            .setLast(random.nextBoolean()))
                    .build();
        };
    }

    private static byte[] mangled(Random random, AttachRequest message) {
        byte[] bytes = message.toByteArray();
        for (int n = random.nextInt(6); n > 0 && bytes.length > 0; n--) {
            int at = random.nextInt(3) == 0 ? random.nextInt(Math.min(8, bytes.length)) : random.nextInt(bytes.length);
            bytes[at] = (byte) random.nextInt();
        }
        return bytes;
    }
}
