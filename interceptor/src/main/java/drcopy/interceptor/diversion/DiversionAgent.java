// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.metrics.InterceptorGauge;
import drcopy.interceptor.routing.ParkingTable;
import drcopy.interceptor.routing.RouteTable;
import drcopy.interceptor.stream.StreamInbox;
import drcopy.interceptor.summary.ResponseRecord;
import drcopy.netio.Moderation;
import drcopy.netio.PacketSource;
import drcopy.v1.AttachResponse;
import drcopy.v1.Status;
import drcopy.v1.Welcome;
import java.util.function.LongSupplier;

/**
 * The interceptor's duty cycle: take in routes, poll packets, send what is pending. Natural batching: what one poll brought goes
 * out in one message per stream, at once, except that mere acknowledgments wait a moment for company; {@link Moderation} says when
 * to poll. The single writer of routes, parking and outboxes; owned by the diversion thread.
 */
public final class DiversionAgent implements AutoCloseable {
    private static final int PACKETS_PER_POLL = 256;
    private static final int EVENTS_PER_CYCLE = 16;
    private static final int ROUTES_PER_PIECE = 256;
    private static final int PARKING_RECORDS = 65536;
    private static final int PARKING_PER_FLOW = 64;
    private static final long PARKING_NS = 2_000_000_000L;
    private static final long PENDING_BYTES = 16 * 1024 * 1024L;
    /** Longest time between two calls of {@link #doWork}, milliseconds. */
    public static final long INTERVAL_MS = 250;

    private static final long HOUSEKEEPING_NS = INTERVAL_MS * 1_000_000L;
    /** {@link #dueNs} when nothing waits. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final long STATUS_NS = 2_000_000_000L;

    private final PacketSource source;
    private final Runnable upkeep;
    private final StreamInbox inbox;
    private final InterceptorCounters counters;
    private final CopierLinks links;
    private final RouteTable routes;
    private final ParkingTable parking =
            new ParkingTable(PARKING_RECORDS, PARKING_PER_FLOW, PARKING_NS, ResponseRecord.LENGTH);
    private final Moderation moderation = new Moderation();
    private final ResponseIntake intake;
    private final StreamDesk desk;
    private boolean isDrained = true;
    private long housekeepingNs;
    private long statusNs;
    private long dueNs = NEVER;

    /**
     * @param source owned by this agent from now on
     * @param upkeep called on the diversion thread every {@value #STATUS_NS} ns, to look after the source
     * @param maxRoutes routes of all copiers together, about 90 bytes each
     * @param epochNs the time of day, nanoseconds since 1970
     */
    public DiversionAgent(
            PacketSource source,
            Runnable upkeep,
            ServiceSet services,
            StreamInbox inbox,
            InterceptorCounters counters,
            int maxRoutes,
            Welcome welcome,
            LongSupplier epochNs) {
        this.source = source;
        this.upkeep = upkeep;
        this.inbox = inbox;
        this.counters = counters;
        links = new CopierLinks(inbox.maxStreams(), new PendingBudget(PENDING_BYTES));
        routes = new RouteTable(maxRoutes);
        intake = new ResponseIntake(services, routes, parking, links, moderation, counters, epochNs);
        RouteRegistrar registrar = new RouteRegistrar(routes, links, intake, counters);
        desk = new StreamDesk(inbox, links, routes, registrar, counters, welcome);
    }

    /**
     * One cycle. Bounded work; never waits.
     *
     * @param nowNs the monotonic clock
     */
    public void doWork(long nowNs) {
        int events = 0;
        while (events < EVENTS_PER_CYCLE && desk.work(ROUTES_PER_PIECE, nowNs)) {
            events++;
        }
        intake.now(nowNs);
        if (!moderation.isResting(nowNs)) {
            readPackets(nowNs);
        }
        flush(nowNs);
        if (nowNs - housekeepingNs >= 0) {
            keepHouse(nowNs);
        }
    }

    private void readPackets(long nowNs) {
        int count = source.poll(intake, PACKETS_PER_POLL);
        isDrained = count < PACKETS_PER_POLL;
        if (count > 0 && !hasMore()) {
            moderation.read(nowNs);
        }
    }

    private void flush(long nowNs) {
        int pending = 0;
        dueNs = NEVER;
        for (int slot = 1; slot <= links.highest(); slot++) {
            CopierLink link = links.at(slot);
            if (link != null && link.isPending()) {
                long linkDueNs = link.dueNs(nowNs);
                if (linkDueNs <= nowNs) {
                    flush(link, nowNs);
                } else {
                    dueNs = Math.min(dueNs, linkDueNs);
                }
                pending += link.outbox().size();
            }
        }
        counters.set(InterceptorGauge.PENDING, pending);
        counters.set(InterceptorGauge.PARKED, parking.size());
    }

    /** A stream that cannot be sent to ends; the others go on. */
    private void flush(CopierLink link, long nowNs) {
        long sent = link.outbox().sent();
        long messages = link.outbox().messages();
        try {
            link.flush(nowNs);
        } catch (RuntimeException | OutOfMemoryError e) {
            counters.count(InterceptorCounter.INTERNAL_ERRORS);
            desk.fail(link, io.grpc.Status.INTERNAL.withDescription("sending failed: " + e), nowNs);
        }
        counters.add(InterceptorCounter.RESPONSES_SENT, link.outbox().sent() - sent);
        counters.add(InterceptorCounter.RESPONSE_BATCHES, link.outbox().messages() - messages);
    }

    private void keepHouse(long nowNs) {
        counters.add(InterceptorCounter.PARKED_EXPIRED, parking.expire(nowNs));
        counters.set(InterceptorCounter.KERNEL_DROPS, source.kernelDrops());
        counters.set(InterceptorGauge.PARKED, parking.size());
        counters.set(InterceptorGauge.ROUTES, routes.size());
        counters.set(InterceptorGauge.STREAMS, links.size());
        if (nowNs - statusNs >= 0) {
            statusNs = nowNs + STATUS_NS;
            upkeep.run();
            links.all().forEach(this::sendStatus);
        }
        housekeepingNs = nowNs + HOUSEKEEPING_NS;
    }

    private void sendStatus(CopierLink link) {
        if (!link.stream().isReady()) {
            return;
        }
        long routeCount = 0;
        for (CopierLink other : links.all()) {
            routeCount += other.copierId().equals(link.copierId()) ? routes.size(other.slot()) : 0;
        }
        link.stream()
                .send(AttachResponse.newBuilder()
                        .setStatus(Status.newBuilder().setRoutes(routeCount).setResponsesDropped(link.dropped()))
                        .build());
    }

    /** How long the thread may rest, whatever comes meanwhile; 0 or less: not at all. */
    public long restNs(long nowNs) {
        return moderation.untilNs() - nowNs;
    }

    /** When {@link #doWork} is to be called again for what waits to be sent, or {@link #NEVER}. */
    public long dueNs() {
        return dueNs;
    }

    /** True when {@link #doWork} should be called again at once: its work was bounded. */
    public boolean hasMore() {
        return !isDrained || desk.isBusy() || !inbox.isEmpty();
    }

    @Override
    public void close() {
        source.close();
    }
}
