// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.v1.AttachRequest;
import drcopy.v1.Hello;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases of instance IDs, as whole interceptors keep to them. */
class LeaseFenceTest {
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

    private void awaitCount(InterceptorCounter counter, long value) {
        await().untilAsserted(() ->
                assertThat(interceptor.count(counter)).as(counter.metric()).isEqualTo(value));
    }

    private TestCopier attachedWithLease(String copierId, String pool, long epoch) {
        return attachedWithLease(copierId, copierId.hashCode(), pool, epoch);
    }

    private TestCopier attachedWithLease(String copierId, long incarnation, String pool, long epoch) {
        TestCopier copier = TestCopier.attach(interceptor.port());
        Hello.Builder hello = Records.hello(copierId, incarnation, 0).getHello().toBuilder()
                .setPool(pool)
                .addLeaseEpochs(epoch);
        copier.send(AttachRequest.newBuilder().setHello(hello).build());
        await().until(() -> copier.welcome != null);
        return copier;
    }

    @Test
    void takesNoNewRoutesOnAnInstanceIdThatWasLeasedAnew() {
        try (TestCopier old = attachedWithLease("old", "p", 5)) {
            old.send(Records.add(100, 1));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 1);
            try (TestCopier holder = attachedWithLease("new", "p", 6)) {
                await().until(() -> old.superseded.size() == 1);
                assertThat(old.superseded.get(0).getInstanceId()).isZero();
                assertThat(old.superseded.get(0).getEpoch()).isEqualTo(6);
                old.send(Records.add(100, 2));
                awaitCount(InterceptorCounter.ROUTES_SUPERSEDED, 1);
                holder.send(Records.add(200, 2));
                awaitCount(InterceptorCounter.ROUTES_ADDED, 2);
                interceptor.respond(1, 1);
                await().until(() -> old.routeIds().equals(List.of(101L)));
                assertThat(holder.superseded).isEmpty();
            }
            try (TestCopier late = attachedWithLease("late", "p", 4)) {
                await().until(() -> late.superseded.size() == 1);
            }
        }
    }

    @Test
    void aCopierIsNotSupersededByANewerLeaseOfItsOwn() {
        try (TestCopier before = attachedWithLease("a", "p", 50);
                TestCopier afterAWipe = attachedWithLease("a", "p", 3);
                TestCopier other = attachedWithLease("b", "p", 4)) {
            await().until(() -> other.superseded.size() == 1);
            before.send(Records.add(100, 1));
            afterAWipe.send(Records.add(200, 2));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 2);
            assertThat(before.superseded).isEmpty();
            assertThat(afterAWipe.superseded).isEmpty();
        }
    }

    @Test
    void namesakesAreFencedFromEachOther() {
        try (TestCopier cutOff = attachedWithLease("twin", 1, "p", 5)) {
            cutOff.send(Records.add(100, 1));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 1);
            try (TestCopier holder = attachedWithLease("twin", 2, "p", 6)) {
                await().until(() -> cutOff.superseded.size() == 1);
                cutOff.send(Records.add(100, 2));
                awaitCount(InterceptorCounter.ROUTES_SUPERSEDED, 1);
                assertThat(holder.superseded).isEmpty();
            }
            try (TestCopier again = attachedWithLease("twin", 1, "p", 5)) {
                await().until(() -> again.superseded.size() == 1);
            }
        }
    }

    @Test
    void keepsTheLeasesOfPoolsApart() {
        try (TestCopier a = attachedWithLease("a", "p", 5);
                TestCopier b = attachedWithLease("b", "q", 6)) {
            a.send(Records.add(100, 1));
            b.send(Records.add(200, 2));
            awaitCount(InterceptorCounter.ROUTES_ADDED, 2);
            assertThat(a.superseded).isEmpty();
        }
    }
}
