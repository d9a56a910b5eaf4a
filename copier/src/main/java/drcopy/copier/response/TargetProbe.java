// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import drcopy.agent.HostPort;
import drcopy.copier.route.RouteChanges;
import drcopy.copier.route.RouteRecord;
import drcopy.copier.session.TargetResponse;
import drcopy.tls.MutualTls;
import drcopy.v1.IdSuperseded;
import drcopy.v1.Status;
import drcopy.v1.Welcome;
import drcopy.wire.FlowKey;
import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells interceptors a route and waits until one of them sees a packet of it, for the preflight. Sends nothing to targets. Blocks its
 * only thread for a few seconds at most.
 */
public final class TargetProbe implements AutoCloseable {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final StreamLoop loop = new StreamLoop(Thread.currentThread());
    private final List<Line> lines = new ArrayList<>();
    private final LongSupplier clock;
    private long routeId;
    private Answer answer;

    /**
     * What an interceptor saw.
     *
     * @param flags of the target's packet, see {@link drcopy.wire.TcpFlags}
     * @param seq its SEG.SEQ
     * @param ack its SEG.ACK
     */
    public record Answer(HostPort interceptor, int flags, int seq, int ack) {}

    /**
     * Connects to all of them, for three seconds at most.
     *
     * @param clock monotonic nanoseconds
     */
    public TargetProbe(
            List<HostPort> interceptors, Optional<MutualTls> tls, CopierIdentity identity, LongSupplier clock) {
        this.clock = clock;
        InterceptorSet.Ways ways = new InterceptorSet.Ways(0, tls, loop);
        for (HostPort interceptor : interceptors) {
            Line line = new Line(interceptor);
            line.stream = new InterceptorStream(interceptor, ways, line, line);
            line.stream.open(identity.hello(0));
            lines.add(line);
        }
        long startNs = clock.getAsLong();
        while (lines.stream().anyMatch(Line::isOpening) && clock.getAsLong() - startNs < LIMIT_NS) {
            loop.await(LOOK_NS);
        }
    }

    /** Has the interceptors that are connected watch for answers of this flow, and of no other from now on. */
    public void watch(FlowKey flow, int instanceId) {
        answer = null;
        routeId++;
        for (Line line : lines) {
            if (line.isWelcome) {
                byte[] record = new byte[RouteRecord.LENGTH];
                RouteRecord.put(ByteBuffer.wrap(record), 0, routeId, flow, instanceId, 0);
                line.stream.routes(new RouteChanges(record, record.length, new byte[0], 0));
            }
        }
        loop.flush();
    }

    /** Waits for the first answer of the flow; empty when there is none within three seconds. */
    public Optional<Answer> await() {
        return await(LIMIT_NS);
    }

    private Optional<Answer> await(long limitNs) {
        long startNs = clock.getAsLong();
        while (answer == null && clock.getAsLong() - startNs < limitNs) {
            loop.await(LOOK_NS);
        }
        return Optional.ofNullable(answer);
    }

    /** The next answer of the flow is one to what is sent from now on. */
    public void forget() {
        loop.await(0);
        answer = null;
    }

    /** Waits for the next answer that is no SYN/ACK, which may be repeated; empty when there is none within {@code limitNs}. */
    public Optional<Answer> awaitSegment(long limitNs) {
        long startNs = clock.getAsLong();
        Optional<Answer> next = await(limitNs);
        while (next.isPresent() && (next.get().flags() & TcpFlags.SYN) != 0) {
            answer = null;
            next = await(limitNs - (clock.getAsLong() - startNs));
        }
        return next;
    }

    /** Ends the streams; the interceptors forget the routes with them. */
    @Override
    public void close() {
        lines.forEach(line -> line.stream.close());
        loop.close();
    }

    private final class Line implements ResponseSink, InterceptorStream.Reports {
        private final HostPort interceptor;
        private final TargetResponse response = new TargetResponse();
        private InterceptorStream stream;
        // Written also by threads of gRPC.
        private volatile boolean isWelcome;
        private volatile boolean isClosed;

        Line(HostPort interceptor) {
            this.interceptor = interceptor;
        }

        boolean isOpening() {
            return !isWelcome && !isClosed;
        }

        @Override
        public void onWelcome(InterceptorStream from, Welcome welcome) {
            isWelcome = true;
        }

        @Override
        public void onClosed(InterceptorStream from, String why) {
            isWelcome = false;
            isClosed = true;
        }

        @Override
        public void onResponses(ByteBuffer records, ByteBuffer[] payloads) {
            for (int at = records.position(); at < records.limit(); at += TargetResponse.LENGTH) {
                response.wrap(records, at);
                if (response.routeId() == routeId && answer == null) {
                    answer = new Answer(interceptor, response.flags(), response.seq(), response.ack());
                }
            }
        }

        @Override
        public void onStatus(InterceptorStream from, Status status) {}

        @Override
        public void onSuperseded(InterceptorStream from, IdSuperseded superseded) {}

        @Override
        public void onRouteConflict(long conflict) {}

        @Override
        public void onInterceptorReturned() {}
    }
}
