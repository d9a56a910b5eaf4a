// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.summary.ResponseRecord;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import drcopy.v1.IdSuperseded;
import drcopy.v1.InterceptionServiceGrpc;
import drcopy.v1.ResponsePayload;
import drcopy.v1.RouteConflict;
import drcopy.v1.Status;
import drcopy.v1.Welcome;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The far side: one stream of a copier over its own connection. Reads everything at once, or nothing until {@link #read}. */
final class TestCopier implements ClientResponseObserver<AttachRequest, AttachResponse>, AutoCloseable {
    /** A record as it came. */
    record Response(long routeId, int seq, int ageUs) {}

    final List<Response> responses = Collections.synchronizedList(new ArrayList<>());
    final List<ResponsePayload> payloads = new CopyOnWriteArrayList<>();
    final List<RouteConflict> conflicts = new CopyOnWriteArrayList<>();
    final List<IdSuperseded> superseded = new CopyOnWriteArrayList<>();
    final List<Status> statuses = new CopyOnWriteArrayList<>();
    final AtomicLong records = new AtomicLong();
    volatile Welcome welcome;
    volatile Throwable error;
    volatile boolean isCompleted;

    private final ManagedChannel channel;
    private final boolean reads;
    private ClientCallStreamObserver<AttachRequest> out;

    private TestCopier(String host, int port, ChannelCredentials credentials, boolean reads) {
        this.reads = reads;
        channel = NettyChannelBuilder.forAddress(host, port, credentials)
                .flowControlWindow(64 * 1024)
                .build();
    }

    /** Attaches without a word. */
    static TestCopier attach(int port) {
        return attach(port, true);
    }

    static TestCopier attach(int port, boolean reads) {
        return attach(port, InsecureChannelCredentials.create(), reads);
    }

    static TestCopier attach(int port, ChannelCredentials credentials, boolean reads) {
        return attach("127.0.0.1", port, credentials, reads);
    }

    static TestCopier attach(String host, int port, ChannelCredentials credentials, boolean reads) {
        TestCopier copier = new TestCopier(host, port, credentials, reads);
        var unused = InterceptionServiceGrpc.newStub(copier.channel).attach(copier);
        return copier;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<AttachRequest> stream) {
        out = stream;
        if (!reads) {
            stream.disableAutoRequestWithInitial(1);
        }
    }

    /** Sends these messages in order. */
    TestCopier send(AttachRequest... messages) {
        for (AttachRequest message : messages) {
            out.onNext(message);
        }
        return this;
    }

    /** Takes that many messages of those that wait. */
    void read(int messages) {
        out.request(messages);
    }

    boolean canSend() {
        return out.isReady();
    }

    void complete() {
        out.onCompleted();
    }

    @Override
    public void onNext(AttachResponse message) {
        switch (message.getMessageCase()) {
            case WELCOME -> welcome = message.getWelcome();
            case RESPONSES -> {
                ByteBuffer b = message.getResponses().getRecords().asReadOnlyByteBuffer();
                for (int at = 0; at < b.limit(); at += ResponseRecord.LENGTH) {
                    responses.add(new Response(
                            b.getLong(at),
                            b.getInt(at + ResponseRecord.SEQ_OFFSET),
                            b.getInt(at + ResponseRecord.AGE_OFFSET)));
                }
                payloads.addAll(message.getResponses().getPayloadsList());
                records.addAndGet(b.limit() / ResponseRecord.LENGTH);
            }
            case CONFLICT -> conflicts.add(message.getConflict());
            case STATUS -> statuses.add(message.getStatus());
            case SUPERSEDED -> superseded.add(message.getSuperseded());
            case MESSAGE_NOT_SET -> throw new IllegalStateException("unexpected " + message);
        }
    }

    @Override
    public void onError(Throwable t) {
        error = t;
    }

    @Override
    public void onCompleted() {
        isCompleted = true;
    }

    /** Route ids in the order they came. */
    List<Long> routeIds() {
        synchronized (responses) {
            return responses.stream().map(Response::routeId).toList();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
