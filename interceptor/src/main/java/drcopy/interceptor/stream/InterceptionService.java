// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import drcopy.v1.InterceptionServiceGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** {@code drcopy.v1.InterceptionService}. Any gRPC thread. */
public final class InterceptionService extends InterceptionServiceGrpc.InterceptionServiceImplBase {
    /** Bytes queued toward a copier from which on its stream counts as not ready. */
    private static final int READY_THRESHOLD_BYTES = 256 * 1024;

    private static final long HELLO_LIMIT_NS = 10_000_000_000L;
    private static final Context.Key<String> PEER = Context.key("peer");

    private final StreamInbox inbox;
    private final InterceptorCounters counters;
    private final LongSupplier nanoClock;
    private final Set<AttachCall> waiting = ConcurrentHashMap.newKeySet();

    public InterceptionService(StreamInbox inbox, InterceptorCounters counters, LongSupplier nanoClock) {
        this.inbox = inbox;
        this.counters = counters;
        this.nanoClock = nanoClock;
    }

    @Override
    public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> responses) {
        ServerCallStreamObserver<AttachResponse> out = (ServerCallStreamObserver<AttachResponse>) responses;
        AttachCall call = new AttachCall(out, inbox, counters, PEER.get(), nanoClock.getAsLong());
        out.disableAutoRequest();
        out.setOnReadyThreshold(READY_THRESHOLD_BYTES);
        out.setOnReadyHandler(inbox::ready);
        // With a cancel handler, sending to a stream that has just broken is silent instead of an exception.
        out.setOnCancelHandler(() -> call.onError(null));
        waiting.add(call);
        out.request(1);
        return call;
    }

    /** Ends the calls that have not said Hello in time. To be called every second or so, by any thread. */
    public void expireSilent(long nowNs) {
        waiting.removeIf(call -> call.expire(nowNs, HELLO_LIMIT_NS));
    }

    /** Makes the caller's address known to {@link #attach}. */
    static ServerInterceptor peers() {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                SocketAddress peer = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
                Context context = Context.current().withValue(PEER, text(peer));
                return Contexts.interceptCall(context, call, headers, next);
            }
        };
    }

    static String text(SocketAddress peer) {
        if (peer instanceof InetSocketAddress inet && inet.getAddress() != null) {
            String host = inet.getAddress().getHostAddress();
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
        }
        return String.valueOf(peer);
    }
}
