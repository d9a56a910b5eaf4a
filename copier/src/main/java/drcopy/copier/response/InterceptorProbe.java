// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import drcopy.agent.HostPort;
import drcopy.tls.MutualTls;
import drcopy.v1.IdSuperseded;
import drcopy.v1.Status;
import drcopy.v1.Welcome;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Says Hello to an interceptor once, for the preflight. Blocks the caller for a few seconds at most. */
public final class InterceptorProbe {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private InterceptorProbe() {}

    /**
     * What came of it.
     *
     * @param isWelcome whether the interceptor answered Welcome
     * @param text who it is, or why it did not answer
     */
    public record Answer(boolean isWelcome, String text) {}

    /**
     * Connects, says Hello, waits for Welcome and leaves.
     *
     * @param clock monotonic nanoseconds
     */
    public static Answer ask(
            HostPort interceptor, Optional<MutualTls> tls, CopierIdentity identity, LongSupplier clock) {
        Listener listener = new Listener();
        StreamLoop loop = new StreamLoop(Thread.currentThread());
        InterceptorStream stream =
                new InterceptorStream(interceptor, new InterceptorSet.Ways(0, tls, loop), listener, listener);
        stream.open(identity.hello(0));
        long startNs = clock.getAsLong();
        while (listener.answer == null && clock.getAsLong() - startNs < LIMIT_NS) {
            loop.await(LOOK_NS);
        }
        stream.close();
        loop.close();
        return listener.answer == null ? new Answer(false, "no Welcome within 3 s") : listener.answer;
    }

    private static final class Listener implements ResponseSink, InterceptorStream.Reports {
        private volatile Answer answer; // the first, or null

        @Override
        public void onWelcome(InterceptorStream stream, Welcome welcome) {
            String text = welcome.getInterceptorId() + " " + welcome.getVersion() + ", mode " + welcome.getMode();
            answer = new Answer(true, text);
        }

        @Override
        public void onClosed(InterceptorStream stream, String why) {
            if (answer == null) {
                answer = new Answer(false, why);
            }
        }

        @Override
        public void onStatus(InterceptorStream stream, Status status) {}

        @Override
        public void onSuperseded(InterceptorStream stream, IdSuperseded superseded) {}

        @Override
        public void onResponses(ByteBuffer records, ByteBuffer[] payloads) {}

        @Override
        public void onRouteConflict(long routeId) {}

        @Override
        public void onInterceptorReturned() {}
    }
}
