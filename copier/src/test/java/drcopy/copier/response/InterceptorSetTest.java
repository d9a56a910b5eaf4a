// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import drcopy.agent.HostPort;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.route.RouteLoop;
import drcopy.copier.route.RouteRing;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import drcopy.v1.Hello;
import drcopy.v1.ResponseBatch;
import drcopy.v1.RouteConflict;
import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InterceptorSetTest {
    private final RouteRing ring = new RouteRing(65_536);
    private final Ledger ledger = new Ledger();
    private final Thread thread = new Thread(this::serve, "shard-0");
    private final StreamLoop streams = new StreamLoop(thread);
    private final RouteLoop loop = new RouteLoop(ring, ledger, System::nanoTime, streams::wakeUp, 2);
    private volatile boolean isReleased;
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger returns = new AtomicInteger();
    private final AtomicInteger up = new AtomicInteger();
    private final CopierIdentity identity = new CopierIdentity("test/0", 77, "default", List.of(5));
    private InterceptorSet set;

    private final ResponseSink sink = new ResponseSink() {
        @Override
        public void onResponses(ByteBuffer records, ByteBuffer[] payloads) {
            heard.add("responses " + records.remaining() + " first " + records.getLong(records.position()));
        }

        @Override
        public void onRouteConflict(long routeId) {
            heard.add("conflict " + routeId);
        }

        @Override
        public void onInterceptorReturned() {
            returns.incrementAndGet();
        }
    };

    @BeforeEach
    void start() {
        set = new InterceptorSet(
                identity,
                new InterceptorSet.Ways(0, Optional.empty(), streams),
                sink,
                loop,
                (nowUp, members) -> up.set(nowUp));
        thread.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        set.close();
        isReleased = true;
        streams.wakeUp();
        thread.join(5_000);
        assertThat(thread.isAlive()).isFalse();
    }

    private void serve() {
        while (!isReleased) {
            loop.doWork();
            streams.flush();
            streams.await(loop.untilNextNs());
        }
        loop.doWork();
        streams.close();
    }

    private void members(FakeInterceptor... interceptors) {
        set.update(new ClusterView(
                List.of(interceptors).stream().map(FakeInterceptor::address).toList()));
    }

    private void add(long from, long to) {
        for (long id = from; id < to; id++) {
            assertThat(ring.add(id, new FlowKey(), 5)).isTrue();
        }
        ring.flush();
        streams.wakeUp();
    }

    private static Set<Long> ids(long from, long to) {
        return LongStream.range(from, to).boxed().collect(Collectors.toSet());
    }

    private static void awaitRoutes(FakeInterceptor interceptor, Set<Long> routes) {
        await().until(() -> interceptor.routes().equals(routes));
    }

    @Test
    void saysHelloAgainWithWhatWasLeasedMeanwhile() throws Exception {
        try (FakeInterceptor interceptor = FakeInterceptor.start(0)) {
            members(interceptor);
            await().until(() -> returns.get() == 2);

            set.identify(new CopierIdentity("test/0", 77, "default", List.of(9), List.of(123L)));
            set.sayHelloAgain();

            await().until(() -> returns.get() == 4);
            assertThat(interceptor.streams().stream()
                            .map(s -> s.messages().get(0).getHello())
                            .filter(h -> h.getLeaseEpochsList().equals(List.of(123L))
                                    && h.getInstanceIdsList().equals(List.of(9))))
                    .hasSize(2);
        }
    }

    @Test
    void saysHelloOnEveryConnectionAndBeginsWithASnapshot() throws Exception {
        try (FakeInterceptor interceptor = FakeInterceptor.start(0)) {
            members(interceptor);
            await().until(() -> returns.get() == 2);
            await().until(() ->
                    interceptor.streams().stream().allMatch(s -> s.messages().size() == 2));

            List<Hello> hellos = interceptor.streams().stream()
                    .map(s -> s.messages().get(0).getHello())
                    .toList();
            assertThat(hellos).extracting(Hello::getConnection).containsExactlyInAnyOrder(0, 1);
            assertThat(hellos)
                    .allMatch(h -> h.getCopierId().equals("test/0")
                            && h.getIncarnation() == 77
                            && h.getProtocol() == 1
                            && h.getInstanceIdsList().equals(List.of(5)));
            assertThat(interceptor.streams())
                    .allMatch(s -> s.messages().get(1).getSnapshot().getFirst()
                            && s.messages().get(1).getSnapshot().getLast());
            assertThat(set.standings()).containsExactly(new InterceptorSet.Standing(interceptor.address(), 2, 0, ""));
        }
    }

    @Test
    void pushesEveryRouteToEveryInterceptorOnOneOfItsConnections() throws Exception {
        try (FakeInterceptor a = FakeInterceptor.start(0);
                FakeInterceptor b = FakeInterceptor.start(0)) {
            members(a, b);
            await().until(() -> returns.get() == 4);
            add(0, 1000);
            awaitRoutes(a, ids(0, 1000));
            awaitRoutes(b, ids(0, 1000));

            for (long id = 0; id < 400; id++) {
                ring.remove(id);
            }
            ring.flush();
            streams.wakeUp();
            awaitRoutes(a, ids(400, 1000));
            awaitRoutes(b, ids(400, 1000));

            assertThat(a.streams()).allMatch(s -> s.routes().size() > 200);
            assertThat(a.streams().stream().mapToInt(s -> s.routes().size()).sum())
                    .isEqualTo(600);
        }
    }

    @Test
    void givesARestartedInterceptorAllLiveRoutesWithinASecondOrSo() throws Exception {
        FakeInterceptor first = FakeInterceptor.start(0);
        int port = first.address().port();
        members(first);
        await().until(() -> returns.get() == 2);
        add(0, 100);
        awaitRoutes(first, ids(0, 100));

        first.close();
        await().until(() -> up.get() == 0);
        add(100, 200);
        try (FakeInterceptor second = FakeInterceptor.start(port)) {
            awaitRoutes(second, ids(0, 200));
            await().until(() -> returns.get() == 4);
        }

        assertThat(ledger.value(CopierCounter.STREAMS_LOST)).isGreaterThanOrEqualTo(2);
        assertThat(ledger.value(CopierCounter.STREAMS_OPENED)).isEqualTo(4);
    }

    @Test
    void waitsForAnInterceptorThatIsNotThereYet() throws Exception {
        int port;
        try (FakeInterceptor probe = FakeInterceptor.start(0)) {
            port = probe.address().port();
        }
        set.update(new ClusterView(List.of(new HostPort("127.0.0.1", port))));
        add(0, 10);
        await().until(() -> !set.standings().isEmpty()
                && !set.standings().get(0).lastFailure().isEmpty());

        try (FakeInterceptor late = FakeInterceptor.start(port)) {
            awaitRoutes(late, ids(0, 10));
        }
    }

    @Test
    void givesUpOnAnInterceptorThatDoesNotSayWelcome() throws Exception {
        try (FakeInterceptor silent = FakeInterceptor.silent()) {
            members(silent);
            await().until(() ->
                    set.standings().stream().anyMatch(s -> s.lastFailure().equals("no Welcome within 8 s")));

            assertThat(up.get()).isZero();
        }
    }

    @Test
    void catchesUpASlowInterceptorByASnapshotWithoutHoldingUpAnother() throws Exception {
        try (FakeInterceptor slow = FakeInterceptor.start(0);
                FakeInterceptor fast = FakeInterceptor.start(0)) {
            members(slow, fast);
            await().until(() -> returns.get() == 4);
            slow.streams().forEach(FakeInterceptor.Stream::stall);

            for (int i = 0; i < 60; i++) {
                add(i * 1000L, (i + 1) * 1000L);
                awaitRoutes(fast, ids(0, (i + 1) * 1000L));
            }
            await().until(() -> ledger.value(CopierCounter.ROUTE_QUEUE_OVERFLOWS) >= 2);
            slow.streams().forEach(FakeInterceptor.Stream::takeAgain);
            awaitRoutes(slow, ids(0, 60_000));

            assertThat(slow.streams())
                    .allMatch(s -> s.messages().stream()
                                    .filter(AttachRequest::hasSnapshot)
                                    .count()
                            > 1);
        }
    }

    @Test
    void passesOnWholeRecordsAndConflicts() throws Exception {
        try (FakeInterceptor interceptor = FakeInterceptor.start(0)) {
            members(interceptor);
            await().until(() -> returns.get() == 2);
            byte[] records = new byte[95];
            records[7] = 42;
            FakeInterceptor.Stream stream = interceptor.streams().get(0);

            stream.send(AttachResponse.newBuilder()
                    .setResponses(ResponseBatch.newBuilder().setRecords(ByteString.copyFrom(records)))
                    .build());
            stream.send(AttachResponse.newBuilder()
                    .setConflict(RouteConflict.newBuilder().setRouteId(9))
                    .build());

            await().until(() -> heard.size() == 2);
            assertThat(heard).containsExactly("responses 80 first 42", "conflict 9");
        }
    }

    @Test
    void followsTheMembership() throws Exception {
        try (FakeInterceptor a = FakeInterceptor.start(0);
                FakeInterceptor b = FakeInterceptor.start(0)) {
            members(a);
            add(0, 10);
            awaitRoutes(a, ids(0, 10));

            members(b);
            awaitRoutes(b, ids(0, 10));
            await().until(() -> a.streams().isEmpty());

            assertThat(set.standings())
                    .extracting(InterceptorSet.Standing::interceptor)
                    .containsExactly(b.address());
        }
    }
}
