// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.stream.InterceptionService;
import drcopy.interceptor.stream.StreamInbox;
import drcopy.v1.AttachRequest;
import drcopy.v1.Welcome;
import drcopy.wire.SegmentBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mere acknowledgments share a message; an answer waits for nothing. */
class SharedMessageTest {
    private final InterceptorCounters counters = new InterceptorCounters();
    private final StreamInbox inbox = new StreamInbox(4, () -> {});
    private final PacketFeed feed = new PacketFeed();
    private final FakeCall copier = new FakeCall();
    private long nowNs = 1_000_000_000L;
    private final DiversionAgent agent = new DiversionAgent(
            feed,
            () -> {},
            packet -> true,
            inbox,
            counters,
            100,
            Welcome.newBuilder().setInterceptorId("rs1").setProtocol(1).build(),
            () -> nowNs);

    @BeforeEach
    void attach() {
        StreamObserver<AttachRequest> in = new InterceptionService(inbox, counters, () -> nowNs).attach(copier);
        in.onNext(Records.hello("copier", 1, 0));
        in.onNext(Records.add(100, 1));
        work();
        work();
        nowNs += 10_000_000L;
    }

    private void work() {
        agent.doWork(nowNs);
    }

    private void acknowledge(int seq) {
        feed.put(SegmentBuilder.fromServer(Records.flow(1)).seq(seq).ack(1).build());
        work();
    }

    private void answer(int seq) {
        feed.put(SegmentBuilder.fromServer(Records.flow(1))
                .seq(seq)
                .ack(1)
                .payload("answer")
                .build());
        work();
    }

    @Test
    void anAcknowledgmentGoesAtOnceAndThoseRightAfterItTogether() {
        acknowledge(1);
        assertThat(copier.records()).isOne();
        assertThat(agent.dueNs()).isEqualTo(DiversionAgent.NEVER);
        acknowledge(2);
        assertThat(copier.records()).isOne();
        assertThat(agent.dueNs()).isGreaterThan(nowNs);
        nowNs += agent.restNs(nowNs);
        acknowledge(3);
        assertThat(copier.records()).isEqualTo(3);
        assertThat(agent.dueNs()).isEqualTo(DiversionAgent.NEVER);
    }

    @Test
    void anAnswerGoesWhenItIsReadAndTakesWhatWaitsAlong() {
        acknowledge(1);
        nowNs += 1_000_000L;
        acknowledge(2);
        answer(3);
        assertThat(copier.records()).isOne();
        nowNs += agent.restNs(nowNs);
        work();
        assertThat(copier.records()).isEqualTo(3);
    }

    @Test
    void whatComesDuringARestIsReadAfterIt() {
        answer(1);
        answer(2);
        assertThat(agent.restNs(nowNs)).isPositive();
        answer(3);
        assertThat(copier.records()).isEqualTo(2);
        nowNs += agent.restNs(nowNs);
        work();
        assertThat(copier.records()).isEqualTo(3);
    }
}
