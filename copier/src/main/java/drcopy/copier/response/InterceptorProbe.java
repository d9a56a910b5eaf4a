// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import drcopy.agent.HostPort;
import drcopy.tls.MutualTls;
import drcopy.v1.IdSuperseded;
import drcopy.v1.Status;
import drcopy.v1.Welcome;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Says Hello to an interceptor once, for the preflight. Blocks the caller for a few seconds at most. */
public final class InterceptorProbe {
    private static final int SECONDS = 3;

    private InterceptorProbe() {}

    /**
     * What came of it.
     *
     * @param isWelcome whether the interceptor answered Welcome
     * @param text who it is, or why it did not answer
     */
    public record Answer(boolean isWelcome, String text) {}

    /** Connects, says Hello, waits for Welcome and leaves. */
    public static Answer ask(HostPort interceptor, Optional<MutualTls> tls, CopierIdentity identity) {
        Listener listener = new Listener();
        InterceptorStream stream = new InterceptorStream(interceptor, tls, listener, listener);
        try {
            stream.open(identity.hello(0));
            return listener.answer.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return new Answer(false, "no Welcome within " + SECONDS + " s");
        } catch (ExecutionException e) {
            return new Answer(false, String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(false, "interrupted");
        } finally {
            stream.close();
        }
    }

    private static final class Listener implements ResponseSink, InterceptorStream.Reports {
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();

        @Override
        public void onWelcome(InterceptorStream stream, Welcome welcome) {
            String text = welcome.getInterceptorId() + " " + welcome.getVersion() + ", mode " + welcome.getMode();
            answer.complete(new Answer(true, text));
        }

        @Override
        public void onClosed(InterceptorStream stream, String why) {
            answer.complete(new Answer(false, why));
        }

        @Override
        public void onReady(InterceptorStream stream) {}

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
