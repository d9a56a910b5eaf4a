// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import drcopy.interceptor.diversion.TestCopier.Response;
import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorGauge;
import drcopy.v1.AttachRequest;
import drcopy.v1.Hello;
import drcopy.v1.RouteBatch;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Copiers over loopback against a whole interceptor whose packets come from the test. */
class AttachTest {
    private static final int MAX_STREAMS = 8;
    private LoopbackInterceptor interceptor;

    @BeforeEach
    void start() throws IOException {
        interceptor = new LoopbackInterceptor(MAX_STREAMS);
    }

    @AfterEach
    void stop() {
        interceptor.close();
        assertThat(interceptor.death.get()).isNull();
        assertThat(interceptor.counters.imbalance()).as("the books").isZero();
    }

    private TestCopier attached(String copierId, long incarnation, int connection) {
        TestCopier copier = TestCopier.attach(interceptor.port());
        copier.send(Records.hello(copierId, incarnation, connection));
        await().until(() -> copier.welcome != null);
        return copier;
    }

    private void awaitCount(InterceptorCounter counter, long value) {
        await().untilAsserted(() ->
                assertThat(interceptor.count(counter)).as(counter.metric()).isEqualTo(value));
    }

    @Test
    void sendsTheSummariesOfARouteInTheirOrder() {
        try (TestCopier copier = attached("a", 1, 0)) {
            copier.send(Records.add(100, 7));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 1);
            for (int seq = 0; seq < 5000; seq++) {
                interceptor.respond(7, seq);
            }
            await().until(() -> copier.responses.size() == 5000);
            assertThat(copier.responses.stream().map(Response::seq))
                    .containsExactlyElementsOf(IntStream.range(0, 5000).boxed().toList());
            assertThat(copier.routeIds()).containsOnly(107L);
            assertThat(copier.welcome.getInterceptorId()).isEqualTo("rs1");
        }
    }

    @Test
    void parksResponsesUntilTheirRouteComes() {
        try (TestCopier copier = attached("a", 1, 0)) {
            interceptor.respond(7, 1);
            interceptor.respond(8, 2);
            interceptor.respond(7, 3);
            awaitCount(InterceptorCounter.RESPONSES_PARKED, 3);
            copier.send(Records.add(100, 7));
            await().until(() -> copier.responses.size() == 2);
            assertThat(copier.responses).extracting(Response::seq).containsExactly(1, 3);
            awaitCount(InterceptorCounter.PARKED_RELEASED, 2);
        }
    }

    @Test
    void forgetsParkedResponsesAfterTwoSeconds() {
        interceptor.respond(7, 1);
        awaitCount(InterceptorCounter.RESPONSES_PARKED, 1);
        awaitCount(InterceptorCounter.PARKED_EXPIRED, 1);
        assertThat(interceptor.counters.value(InterceptorGauge.PARKED)).isZero();
    }

    @Test
    void sendsEachCopierItsOwnResponsesOnly() {
        try (TestCopier a = attached("a", 1, 0);
                TestCopier b = attached("b", 9, 0)) {
            a.send(Records.add(100, 1, 2));
            b.send(Records.add(200, 3, 4));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 4);
            for (int flow = 1; flow <= 4; flow++) {
                interceptor.respond(flow, flow);
            }
            await().until(() -> a.responses.size() == 2 && b.responses.size() == 2);
            assertThat(a.routeIds()).containsExactly(101L, 102L);
            assertThat(b.routeIds()).containsExactly(203L, 204L);
        }
    }

    @Test
    void leavesAFlowToTheCopierThatRoutedItFirst() {
        try (TestCopier a = attached("a", 1, 0);
                TestCopier b = attached("b", 9, 0)) {
            a.send(Records.add(100, 1));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 1);
            b.send(Records.add(200, 1, 2));
            await().until(() -> b.conflicts.size() == 1);
            assertThat(b.conflicts.get(0).getRouteId()).isEqualTo(201);
            assertThat(b.conflicts.get(0).getHolder()).isEqualTo("a");
            interceptor.respond(1, 1);
            interceptor.respond(2, 2);
            await().until(() -> a.responses.size() == 1 && b.responses.size() == 1);
            assertThat(a.routeIds()).containsExactly(101L);
            assertThat(b.routeIds()).containsExactly(202L);
        }
    }

    @Test
    void givesTheFlowsOfAnEndedStreamToOthers() {
        try (TestCopier b = attached("b", 9, 0)) {
            try (TestCopier a = attached("a", 1, 0)) {
                a.send(Records.add(100, 1));
                awaitCount(InterceptorCounter.ROUTES_ADDED, 1);
            }
            awaitCount(InterceptorCounter.ROUTES_ENDED, 1);
            b.send(Records.add(200, 1));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 2);
            interceptor.respond(1, 1);
            await().until(() -> b.routeIds().equals(List.of(201L)));
        }
    }

    @Test
    void movesFlowsToTheNewStreamOfACopierThatReconnects() {
        try (TestCopier old = attached("a", 1, 0);
                TestCopier fresh = attached("a", 1, 0)) {
            old.send(Records.add(100, 1, 2));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 2);
            fresh.send(Records.snapshot(true, true, 100, 1));
            awaitCount(InterceptorCounter.SNAPSHOTS, 1);
            interceptor.respond(1, 1);
            interceptor.respond(2, 2);
            await().until(() -> fresh.responses.size() == 1 && old.responses.size() == 1);
            assertThat(fresh.routeIds()).containsExactly(101L);
            assertThat(old.routeIds()).containsExactly(102L);
        }
    }

    @Test
    void keepsTheFlowsOfNamesakesApart() {
        try (TestCopier fresh = attached("a", 2, 0)) {
            try (TestCopier old = attached("a", 1, 0)) {
                old.send(Records.add(100, 1));
                awaitCount(InterceptorCounter.ROUTES_ADDED, 1);
                fresh.send(Records.add(200, 1));
                await().until(() -> fresh.conflicts.size() == 1);
                interceptor.respond(1, 1);
                await().until(() -> old.routeIds().equals(List.of(101L)));
            }
            awaitCount(InterceptorCounter.ROUTES_ENDED, 1);
            fresh.send(Records.add(200, 1));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 2);
            interceptor.respond(1, 2);
            await().until(() -> fresh.routeIds().equals(List.of(201L)));
        }
    }

    @Test
    void replacesTheRoutesOfAStreamByItsSnapshot() {
        try (TestCopier a = attached("a", 1, 0)) {
            a.send(Records.add(100, 1, 2, 3));
            a.send(Records.snapshot(true, false, 100, 2));
            a.send(Records.add(100, 4));
            a.send(Records.snapshot(false, true, 100, 5));
            awaitCount(InterceptorCounter.SNAPSHOTS, 1);
            assertThat(interceptor.count(InterceptorCounter.ROUTES_SWEPT)).isEqualTo(2);
            for (int flow = 1; flow <= 5; flow++) {
                interceptor.respond(flow, flow);
            }
            await().until(() -> a.responses.size() == 3);
            assertThat(a.routeIds()).containsExactly(102L, 104L, 105L);
        }
    }

    @Test
    void takesALargeSnapshotInPieces() {
        try (TestCopier a = attached("a", 1, 0)) {
            a.send(Records.snapshot(true, true, 0, IntStream.range(0, 20_000).toArray()));
            awaitCount(InterceptorCounter.SNAPSHOTS, 1);
            assertThat(interceptor.count(InterceptorCounter.ROUTES_ADDED)).isEqualTo(20_000);
            assertThat(interceptor.count(InterceptorCounter.ROUTES_SWEPT)).isZero();
        }
    }

    @Test
    void removesRoutesById() {
        try (TestCopier a = attached("a", 1, 0)) {
            a.send(Records.add(100, 1, 2), Records.remove(101, 999));
            awaitCount(InterceptorCounter.ROUTES_REMOVED, 1);
            interceptor.respond(1, 1);
            interceptor.respond(2, 2);
            await().until(() -> a.responses.size() == 1);
            assertThat(a.routeIds()).containsExactly(102L);
        }
    }

    @Test
    void sendsThePayloadWhereTheRouteWantsIt() {
        try (TestCopier a = attached("a", 1, 0)) {
            a.send(Records.addWithPayload(100, 4, 1), Records.add(100, 2));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 2);
            interceptor.respond(2, 1, "not wanted");
            interceptor.respond(1, 2, "wanted");
            interceptor.respond(1, 3);
            await().until(() -> a.responses.size() == 3);
            assertThat(a.payloads).hasSize(1);
            assertThat(a.payloads.get(0).getPayload()).isEqualTo(ByteString.copyFromUtf8("want"));
        }
    }

    @Test
    void dropsAParkedResponseWhosePayloadIsWanted() {
        try (TestCopier a = attached("a", 1, 0)) {
            interceptor.respond(1, 1);
            interceptor.respond(1, 2, "gone");
            awaitCount(InterceptorCounter.RESPONSES_PARKED, 2);
            a.send(Records.addWithPayload(100, 4, 1));
            awaitCount(InterceptorCounter.PARKED_PAYLOAD_DROPS, 1);
            await().until(() -> a.responses.size() == 1);
            assertThat(a.responses.get(0).seq()).isEqualTo(1);
        }
    }

    @Test
    void holdsAFloodOfRoutesBackAtTheSenderAndLosesNone() {
        try (TestCopier a = attached("a", 1, 0)) {
            int flows = 80_000;
            int heldBack = 0;
            for (int n = 0; n < flows; n += 1000) {
                if (!a.canSend()) {
                    heldBack++;
                    await().pollInterval(Duration.ofMillis(1)).until(a::canSend);
                }
                a.send(Records.add(100, IntStream.range(n, n + 1000).toArray()));
            }
            awaitCount(InterceptorCounter.ROUTES_ADDED, flows);
            assertThat(heldBack).isPositive();
        }
    }

    @Test
    void dropsAndCountsWhatASlowCopierDoesNotReadAndServesTheOther() {
        int flood = 200_000;
        try (TestCopier slow = TestCopier.attach(interceptor.port(), false);
                TestCopier quick = attached("quick", 1, 0)) {
            slow.send(Records.hello("slow", 1, 0), Records.add(100, 1));
            quick.send(Records.add(200, 2));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 2);
            for (int seq = 0; seq < flood; seq++) {
                interceptor.respond(1, seq);
                if (seq % 20 == 0) {
                    interceptor.respond(2, seq);
                }
            }
            await().until(() -> quick.responses.size() == flood / 20);
            awaitCount(InterceptorCounter.RESPONSES_SUMMARISED, flood + flood / 20);
            long dropped = interceptor.count(InterceptorCounter.SLOW_STREAM_DROPS);
            assertThat(dropped).isGreaterThan(flood / 2);
            slow.read(100_000);
            await().until(() -> slow.records.get() == flood - dropped);
            await().until(() -> slow.statuses.stream().anyMatch(s -> s.getResponsesDropped() == dropped));
            interceptor.respond(1, flood);
            await().until(() -> slow.records.get() == flood - dropped + 1);
        }
    }

    @Test
    void tellsACopierHowItFares() {
        try (TestCopier a = attached("a", 1, 0);
                TestCopier other = attached("a", 1, 1)) {
            a.send(Records.add(100, 1, 2));
            other.send(Records.add(100, 3));
            await().until(() -> a.statuses.stream().anyMatch(s -> s.getRoutes() == 3));
        }
    }

    @Test
    void endsAStreamInOrderWhenTheCopierDoes() {
        try (TestCopier a = attached("a", 1, 0)) {
            a.send(Records.add(100, 1));
            a.complete();
            await().until(() -> a.isCompleted);
            assertThat(interceptor.count(InterceptorCounter.ROUTES_ENDED)).isEqualTo(1);
        }
    }

    @Test
    void admitsNoMoreStreamsThanItMay() {
        List<TestCopier> copiers = IntStream.range(0, MAX_STREAMS)
                .mapToObj(n -> attached("c" + n, 1, 0))
                .toList();
        try (TestCopier oneTooMany = TestCopier.attach(interceptor.port())) {
            oneTooMany.send(Records.hello("late", 1, 0));
            await().until(() -> oneTooMany.error != null);
            assertThat(Status.fromThrowable(oneTooMany.error).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
        copiers.get(0).close();
        awaitCount(InterceptorCounter.STREAMS_CLOSED, 1);
        attached("next", 1, 0).close();
        copiers.forEach(TestCopier::close);
    }

    static List<AttachRequest> badFirstMessages() {
        Hello hello = Records.hello("a", 1, 0).getHello();
        return List.of(
                Records.add(1, 1),
                AttachRequest.getDefaultInstance(),
                hello(hello.toBuilder().setProtocol(2)),
                hello(hello.toBuilder().setCopierId("")),
                hello(hello.toBuilder().setCopierId("a\nb")),
                hello(hello.toBuilder().setCopierId("a".repeat(256))),
                hello(hello.toBuilder().setPool("p q")),
                hello(hello.toBuilder().addInstanceIds(1024)),
                hello(hello.toBuilder().addInstanceIds(-1)),
                hello(hello.toBuilder().addLeaseEpochs(1).addLeaseEpochs(2)),
                hello(hello.toBuilder().setConnection(256)));
    }

    private static AttachRequest hello(Hello.Builder hello) {
        return AttachRequest.newBuilder().setHello(hello).build();
    }

    @ParameterizedTest
    @MethodSource("badFirstMessages")
    void refusesABadFirstMessageWithASentence(AttachRequest first) {
        try (TestCopier a = TestCopier.attach(interceptor.port())) {
            a.send(first);
            await().until(() -> a.error != null);
            Status status = Status.fromThrowable(a.error);
            assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(status.getDescription()).isNotBlank();
            assertThat(interceptor.count(InterceptorCounter.STREAMS_REFUSED)).isEqualTo(1);
            assertThat(interceptor.count(InterceptorCounter.STREAMS_OPENED)).isZero();
        }
    }

    static List<AttachRequest> breaches() {
        return List.of(
                Records.hello("a", 1, 0),
                AttachRequest.getDefaultInstance(),
                routes(RouteBatch.newBuilder().setAdd(ByteString.copyFrom(new byte[47]))),
                routes(RouteBatch.newBuilder().setRemove(ByteString.copyFrom(new byte[9]))),
                Records.snapshot(false, true, 0, 1));
    }

    private static AttachRequest routes(RouteBatch.Builder batch) {
        return AttachRequest.newBuilder().setRoutes(batch).build();
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void endsAStreamThatBreaksTheProtocolAndDropsItsRoutes(AttachRequest breach) {
        try (TestCopier a = attached("a", 1, 0)) {
            a.send(Records.add(100, 1), breach);
            await().until(() -> a.error != null);
            assertThat(Status.fromThrowable(a.error).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(interceptor.count(InterceptorCounter.ROUTES_ENDED)).isEqualTo(1);
            attached("a", 1, 0).close();
        }
    }

    @Test
    void endsACallThatNeverSaysHello() {
        try (TestCopier silent = TestCopier.attach(interceptor.port())) {
            await().until(() -> interceptor.counters.value(InterceptorGauge.CONNECTIONS) == 1);
            await().until(() -> {
                interceptor.service.expireSilent(System.nanoTime() + 11_000_000_000L);
                return silent.error != null;
            });
            assertThat(Status.fromThrowable(silent.error).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
    }
}
