// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inbound half of one Attach call: validates the Hello, then posts what comes. Called by one gRPC thread at a time; {@link
 * #expire} by any.
 */
final class AttachCall implements StreamObserver<AttachRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AttachCall.class);

    private enum State {
        /** No Hello yet: what is sent is sent by whoever ends this state. */
        NEW,
        /** Welcomed: the diversion thread sends. */
        OPEN,
        ENDED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final ServerCallStreamObserver<AttachResponse> out;
    private final StreamInbox inbox;
    private final InterceptorCounters counters;
    private final String peer;
    private final long openedNs;
    private AttachedStream stream;

    AttachCall(
            ServerCallStreamObserver<AttachResponse> out,
            StreamInbox inbox,
            InterceptorCounters counters,
            String peer,
            long openedNs) {
        this.out = out;
        this.inbox = inbox;
        this.counters = counters;
        this.peer = peer;
        this.openedNs = openedNs;
    }

    @Override
    public void onNext(AttachRequest message) {
        if (state.get() == State.OPEN) {
            inbox.post(new StreamEvent(StreamEvent.Kind.MESSAGE, stream, message));
            return;
        }
        Optional<String> objection = HelloRule.objection(message);
        if (objection.isPresent()) {
            refuse(Status.FAILED_PRECONDITION.withDescription(objection.get()));
        } else if (!inbox.admit()) {
            refuse(Status.RESOURCE_EXHAUSTED.withDescription(
                    "this interceptor serves at most " + inbox.maxStreams() + " streams"));
        } else if (state.compareAndSet(State.NEW, State.OPEN)) {
            stream = new AttachedStream(out, message.getHello(), peer);
            inbox.post(new StreamEvent(StreamEvent.Kind.OPENED, stream, null));
            out.request(StreamInbox.WINDOW);
        } else {
            inbox.leave();
        }
    }

    /** Ends the call if it is older than the limit and has not said Hello. True when the call needs no more watching. */
    boolean expire(long nowNs, long limitNs) {
        if (state.get() == State.NEW && nowNs - openedNs >= limitNs) {
            refuse(Status.DEADLINE_EXCEEDED.withDescription(
                    "the first message, a Hello, must come within " + limitNs / 1_000_000_000L + " s"));
        }
        return state.get() != State.NEW;
    }

    private void refuse(Status status) {
        if (state.compareAndSet(State.NEW, State.ENDED)) {
            counters.count(InterceptorCounter.STREAMS_REFUSED);
            LOG.debug("[{}] Refused: {}", peer, status.getDescription());
            out.onError(status.asRuntimeException());
        }
    }

    @Override
    public void onError(Throwable t) {
        end(StreamEvent.Kind.BROKEN);
    }

    @Override
    public void onCompleted() {
        refuse(Status.FAILED_PRECONDITION.withDescription("the stream ended before its first message, a Hello"));
        end(StreamEvent.Kind.COMPLETED);
    }

    private void end(StreamEvent.Kind kind) {
        if (state.getAndSet(State.ENDED) == State.OPEN) {
            inbox.post(new StreamEvent(kind, stream, null));
        }
    }
}
