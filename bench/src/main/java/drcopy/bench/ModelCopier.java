// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import com.google.protobuf.CodedOutputStream;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.stream.InterceptionService;
import drcopy.interceptor.stream.StreamInbox;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import drcopy.v1.Hello;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * gRPC's side of one stream in the interceptor, always ready: it writes each message as it goes on the wire, into the same array
 * again and again. Everything but that does nothing. One thread.
 */
public final class ModelCopier extends ServerCallStreamObserver<AttachResponse> {
    private final byte[] wire = new byte[64 * 1024];
    private final StreamObserver<AttachRequest> toInterceptor;
    private long bytes;

    /** Attaches to an interceptor that takes streams from this inbox. */
    public ModelCopier(StreamInbox inbox) {
        toInterceptor = new InterceptionService(inbox, new InterceptorCounters(), () -> 0).attach(this);
        Hello.Builder hello = Hello.newBuilder().setCopierId("copier").setProtocol(1);
        send(AttachRequest.newBuilder().setHello(hello).build());
    }

    /** Sends the interceptor a message. */
    public void send(AttachRequest message) {
        toInterceptor.onNext(message);
    }

    /** Bytes the interceptor sent so far. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void onNext(AttachResponse message) {
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(wire);
            message.writeTo(out);
            bytes += out.getTotalBytesWritten();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void onError(Throwable error) {
        throw new IllegalStateException("the interceptor ended the stream", error);
    }

    @Override
    public void onCompleted() {}

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setOnReadyThreshold(int threshold) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setMessageCompression(boolean isEnabled) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void disableAutoRequest() {}

    @Override
    public void request(int count) {}
}
