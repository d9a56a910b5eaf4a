// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.agent.EverySeconds;
import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.routing.LeaseEpochs;
import drcopy.interceptor.routing.RouteTable;
import drcopy.interceptor.stream.AttachedStream;
import drcopy.interceptor.stream.StreamEvent;
import drcopy.interceptor.stream.StreamInbox;
import drcopy.v1.AttachResponse;
import drcopy.v1.Hello;
import drcopy.v1.Welcome;
import io.grpc.Status;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what streams bring: their begin, their routes, their end. Owned by the diversion thread. */
final class StreamDesk {
    private static final Logger LOG = LoggerFactory.getLogger(StreamDesk.class);
    private static final int SECONDS_BETWEEN_WARNINGS = 10;

    private final StreamInbox inbox;
    private final CopierLinks links;
    private final RouteTable routes;
    private final RouteRegistrar registrar;
    private final InterceptorCounters counters;
    private final Welcome welcome;
    private final LeaseEpochs leases = new LeaseEpochs();
    private final EverySeconds breaches = new EverySeconds(SECONDS_BETWEEN_WARNINGS);
    private RouteMessage unfinished;

    StreamDesk(
            StreamInbox inbox,
            CopierLinks links,
            RouteTable routes,
            RouteRegistrar registrar,
            InterceptorCounters counters,
            Welcome welcome) {
        this.inbox = inbox;
        this.links = links;
        this.routes = routes;
        this.registrar = registrar;
        this.counters = counters;
        this.welcome = welcome;
    }

    /** True in the middle of a large message. */
    boolean isBusy() {
        return unfinished != null;
    }

    /** Works on one event, or on a piece of a large one; false when there was none. */
    boolean work(int routeLimit, long nowNs) {
        if (unfinished == null) {
            StreamEvent event = inbox.poll();
            if (event == null) {
                return false;
            }
            take(event, nowNs);
        }
        if (unfinished != null) {
            proceed(routeLimit, nowNs);
        }
        return true;
    }

    private void take(StreamEvent event, long nowNs) {
        CopierLink link = links.find(event.stream());
        switch (event.kind()) {
            case OPENED -> open(event.stream());
            case MESSAGE -> {
                if (link != null) {
                    message(link, event, nowNs);
                }
            }
            case COMPLETED -> {
                if (link != null) {
                    leave(link, "ended");
                    event.stream().complete();
                }
            }
            case BROKEN -> {
                if (link != null) {
                    leave(link, "broke");
                }
            }
        }
    }

    private void open(AttachedStream stream) {
        CopierLink link = links.open(stream);
        counters.count(InterceptorCounter.STREAMS_OPENED);
        Hello hello = stream.hello();
        LOG.info(
                "[{}] Attached: pool {}, instance IDs {}, epochs {}, incarnation {}",
                link,
                hello.getPool(),
                hello.getInstanceIdsList(),
                hello.getLeaseEpochsList(),
                Long.toHexString(hello.getIncarnation()));
        stream.send(AttachResponse.newBuilder().setWelcome(welcome).build());
        fence(hello);
    }

    /** Tells every copier of the pool, the new one included, which of its instance IDs somebody has a newer lease of. */
    private void fence(Hello hello) {
        for (int i = 0; i < hello.getLeaseEpochsCount(); i++) {
            leases.seen(hello.getPool(), hello.getInstanceIds(i), hello.getLeaseEpochs(i), hello.getIncarnation());
        }
        for (int id : hello.getInstanceIdsList()) {
            long newest = leases.newest(hello.getPool(), id);
            for (CopierLink link : links.all()) {
                boolean isSamePool = link.stream().hello().getPool().equals(hello.getPool());
                if (isSamePool && leases.isSuperseded(hello.getPool(), id, link.leaseEpoch(id), link.incarnation())) {
                    var unused = link.supersede(id, newest);
                }
            }
        }
    }

    private void message(CopierLink link, StreamEvent event, long nowNs) {
        Optional<String> objection = RouteMessage.objection(link, event.message());
        if (objection.isPresent()) {
            fail(link, Status.INVALID_ARGUMENT.withDescription(objection.get()), nowNs);
        } else {
            unfinished = RouteMessage.of(link, event.message());
        }
    }

    private void proceed(int routeLimit, long nowNs) {
        CopierLink link = unfinished.link();
        switch (registrar.apply(unfinished, routeLimit)) {
            case UNFINISHED -> {}
            case DONE -> {
                unfinished = null;
                link.stream().request();
            }
            case DEAF -> fail(
                    link,
                    Status.RESOURCE_EXHAUSTED.withDescription("the copier does not read the conflicts it causes"),
                    nowNs);
        }
    }

    /** Ends a stream that broke the protocol, or that made something of ours fail. */
    void fail(CopierLink link, Status status, long nowNs) {
        counters.count(InterceptorCounter.STREAMS_FAILED);
        breaches.warn(LOG, nowNs, "[{}] Stream ended by us: {}", link, status.getDescription());
        leave(link, "failed");
        link.stream().fail(status);
    }

    private void leave(CopierLink link, String how) {
        if (unfinished != null && unfinished.link() == link) {
            unfinished = null;
        }
        int routeCount = routes.size(link.slot());
        registrar.end(link);
        counters.add(InterceptorCounter.STREAM_END_DROPS, link.outbox().discard());
        counters.count(InterceptorCounter.STREAMS_CLOSED);
        links.close(link);
        inbox.leave();
        LOG.info("[{}] Detached, the stream {}: {} routes dropped", link, how, routeCount);
    }
}
