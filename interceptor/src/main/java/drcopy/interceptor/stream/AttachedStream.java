// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import drcopy.v1.AttachResponse;
import drcopy.v1.Hello;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * One copier's Attach stream after its Hello. All methods but {@link #hello} and {@link #toString} belong to the diversion
 * thread.
 */
public final class AttachedStream {
    private final ServerCallStreamObserver<AttachResponse> out;
    private final Hello hello;
    private final String text;

    AttachedStream(ServerCallStreamObserver<AttachResponse> out, Hello hello, String peer) {
        this.out = out;
        this.hello = hello;
        this.text = hello.getCopierId() + "#" + hello.getConnection() + " " + peer;
    }

    /** Who is calling; checked by {@link HelloRule}. */
    public Hello hello() {
        return hello;
    }

    /** False when so much is queued toward the copier that more would only grow the queue. */
    public boolean isReady() {
        return out.isReady();
    }

    /** Queues a message toward the copier; to a stream that has just broken, into nothing. */
    public void send(AttachResponse message) {
        out.onNext(message);
    }

    /** Lets the copier send one more message: the one before has been dealt with. */
    public void request() {
        out.request(1);
    }

    /** Ends the stream in order, after the copier has. */
    public void complete() {
        out.onCompleted();
    }

    /** Ends the stream with a reason. */
    public void fail(Status status) {
        out.onError(status.asRuntimeException());
    }

    /** {@code copier-a#0 198.18.0.10:40000}. */
    @Override
    public String toString() {
        return text;
    }
}
