// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import drcopy.agent.HostPort;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.route.RouteFeed;
import drcopy.copier.route.RouteLoop;
import drcopy.v1.IdSuperseded;
import drcopy.v1.Status;
import drcopy.v1.Welcome;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the connections to one interceptor, kept up for ever: a stream that ends is followed by another, at first after 100
 * ms, at last every second. Owned by the shard thread; the figures may be read by any.
 */
final class InterceptorLink implements InterceptorStream.Reports {
    private static final Logger LOG = LoggerFactory.getLogger(InterceptorLink.class);
    private static final long FIRST_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LAST_DELAY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long WELCOME_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(8);

    private final HostPort interceptor;
    private final int connection;
    private final InterceptorSet set;
    private final ResponseSink sink;
    private final RouteLoop loop;
    private final RouteFeed feed;
    private final Runnable onChange;
    private InterceptorStream stream;
    private long delayNs = FIRST_DELAY_NS;
    private boolean isClosed;
    private boolean hasComplained;
    private volatile boolean isUp;
    private volatile long responsesDropped;
    private volatile String lastFailure = "";

    InterceptorLink(InterceptorSet set, HostPort interceptor, int connection, Runnable onChange) {
        this.interceptor = interceptor;
        this.connection = connection;
        this.set = set;
        this.sink = set.sink();
        this.loop = set.loop();
        this.feed = loop.addFeed(connection);
        this.onChange = onChange;
    }

    /** True from Welcome to the end of the stream. Any thread. */
    boolean isUp() {
        return isUp;
    }

    /** Summaries the interceptor dropped because this stream was slow, since the stream began. Any thread. */
    long responsesDropped() {
        return responsesDropped;
    }

    /** Why the last attempt failed, a clause; empty before the first failure. Any thread. */
    String lastFailure() {
        return lastFailure;
    }

    /** It speaks for all connections of the copier to this interceptor. */
    private boolean isFirst() {
        return set.ways().first() + connection == 0;
    }

    void connect() {
        if (isClosed || stream != null) {
            return;
        }
        InterceptorStream attempt = new InterceptorStream(interceptor, set.ways(), sink, this);
        stream = attempt;
        attempt.open(set.identity().hello(set.ways().first() + connection));
        loop.schedule(() -> giveUpUnlessWelcome(attempt), WELCOME_TIMEOUT_NS);
    }

    private void giveUpUnlessWelcome(InterceptorStream attempt) {
        if (stream == attempt && !isUp) {
            attempt.close();
            ended(attempt, "no Welcome within " + TimeUnit.NANOSECONDS.toSeconds(WELCOME_TIMEOUT_NS) + " s");
        }
    }

    /** Begins another stream at once, if there is one, to say Hello as it is by now. */
    void sayAgain() {
        if (stream == null || isClosed) {
            return;
        }
        InterceptorStream old = stream;
        stream = null;
        isUp = false;
        feed.detach();
        old.close();
        connect();
    }

    /** Ends for good: the interceptor is no longer a member. */
    void close() {
        isClosed = true;
        isUp = false;
        if (stream != null) {
            stream.close();
            stream = null;
        }
        loop.removeFeed(feed);
    }

    @Override
    public void onWelcome(InterceptorStream from, Welcome welcome) {
        loop.execute(() -> welcomed(from, welcome));
    }

    @Override
    public void onStatus(InterceptorStream from, Status status) {
        responsesDropped = status.getResponsesDropped();
    }

    @Override
    public void onSuperseded(InterceptorStream from, IdSuperseded superseded) {
        set.listener().onSuperseded(superseded.getInstanceId(), superseded.getEpoch());
    }

    @Override
    public void onClosed(InterceptorStream from, String why) {
        loop.execute(() -> ended(from, why));
    }

    private void welcomed(InterceptorStream from, Welcome welcome) {
        if (from != stream || isUp) {
            return;
        }
        isUp = true;
        hasComplained = false;
        delayNs = FIRST_DELAY_NS;
        loop.ledger().count(CopierCounter.STREAMS_OPENED);
        if (isFirst()) {
            LOG.info(
                    "interceptor {} is up: {} {}, mode {}",
                    interceptor,
                    welcome.getInterceptorId(),
                    welcome.getVersion(),
                    welcome.getMode());
        }
        onChange.run();
        feed.attach(from, sink::onInterceptorReturned);
    }

    private void ended(InterceptorStream from, String why) {
        if (from != stream) {
            return;
        }
        stream = null;
        lastFailure = why;
        feed.detach();
        if (isUp) {
            isUp = false;
            loop.ledger().count(CopierCounter.STREAMS_LOST);
        }
        if (!hasComplained && isFirst()) {
            hasComplained = true;
            LOG.warn("interceptor {} is away: {}; trying until it is back", interceptor, why);
        }
        onChange.run();
        loop.schedule(this::connect, delayNs);
        delayNs = Math.min(2 * delayNs, LAST_DELAY_NS);
    }
}
