// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.routing.ParkingTable;
import drcopy.interceptor.routing.RouteTable;
import drcopy.interceptor.summary.ResponseRecord;
import drcopy.interceptor.summary.ResponseSummarizer;
import drcopy.netio.Moderation;
import drcopy.netio.PacketHandler;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * From a diverted packet to a record in its copier's outbox, or in the parking table when its route is not known yet. Owned by
 * the diversion thread; allocates nothing, unless payload is wanted.
 */
final class ResponseIntake implements PacketHandler {
    private final ServiceSet services;
    private final RouteTable routes;
    private final ParkingTable parking;
    private final CopierLinks links;
    private final Moderation moderation;
    private final InterceptorCounters counters;
    private final LongSupplier epochNs;
    private final IpPacket packet = new IpPacket();
    private final FlowKey key = new FlowKey();
    private final ByteBuffer scratch = ByteBuffer.allocate(ResponseRecord.LENGTH);
    private long nowNs;

    /** @param epochNs the time of day in nanoseconds since 1970, to tell a packet's age */
    ResponseIntake(
            ServiceSet services,
            RouteTable routes,
            ParkingTable parking,
            CopierLinks links,
            Moderation moderation,
            InterceptorCounters counters,
            LongSupplier epochNs) {
        this.services = services;
        this.routes = routes;
        this.parking = parking;
        this.links = links;
        this.moderation = moderation;
        this.counters = counters;
        this.epochNs = epochNs;
    }

    /** Sets the time of the duty cycle, on the monotonic clock. */
    void now(long value) {
        nowNs = value;
    }

    @Override
    public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        counters.count(InterceptorCounter.PACKETS_SEEN);
        PacketDefect defect = packet.wrapHeaders(buffer, offset, capturedLength, wireLength);
        boolean isDatagram = defect == PacketDefect.NOT_TCP
                && packet.wrapDatagram(buffer, offset, capturedLength, wireLength) == PacketDefect.NONE;
        if (isDatagram) {
            counters.count(services.sends(packet) ? InterceptorCounter.DATAGRAMS : InterceptorCounter.FOREIGN_PACKETS);
            return;
        }
        if (defect != PacketDefect.NONE) {
            counters.malformed(defect);
            return;
        }
        if (!services.sends(packet)) {
            counters.count(InterceptorCounter.FOREIGN_PACKETS);
            return;
        }
        counters.count(InterceptorCounter.RESPONSES_SUMMARISED);
        long ageNs = epochNs.getAsLong() - timestampNs;
        services.translate(key.fromServer(packet));
        int route = routes.find(key);
        if (route == RouteTable.NONE) {
            park(ageNs);
        } else {
            deliver(route, ageNs, offset + capturedLength);
        }
    }

    private void park(long ageNs) {
        ResponseSummarizer.summarise(packet, ageNs, scratch, 0);
        switch (parking.park(key, scratch, 0, nowNs)) {
            case PARKED -> counters.count(InterceptorCounter.RESPONSES_PARKED);
            case PARKED_EVICTING -> {
                counters.count(InterceptorCounter.RESPONSES_PARKED);
                counters.count(InterceptorCounter.PARKED_EVICTED);
            }
            case FLOW_FULL -> counters.count(InterceptorCounter.PARKED_OVERFLOWS);
        }
    }

    private void deliver(int route, long ageNs, int end) {
        CopierLink link = links.at(routes.stream(route));
        if (packet.payloadLength() > 0) {
            moderation.heard(routes.routeId(route), nowNs);
        } else if (TcpFlags.any(TcpHeader.flags(packet.buffer(), packet.tcpOffset()), TcpFlags.SYN)) {
            moderation.accepted(routes.routeId(route), nowNs);
        }
        int at = link.outbox().claim();
        int wanted =
                Math.min(routes.payloadWanted(route), Math.min(packet.payloadLength(), end - packet.payloadOffset()));
        if (at < 0 || wanted > 0 && !link.outbox().payload(packet.buffer(), packet.payloadOffset(), wanted)) {
            link.countDropped();
            counters.count(InterceptorCounter.SLOW_STREAM_DROPS);
            return;
        }
        ByteBuffer out = link.outbox().buffer();
        ResponseSummarizer.summarise(packet, ageNs, out, at);
        ResponseSummarizer.routeId(out, at, routes.routeId(route));
        link.outbox().commit();
    }

    /** Hands what was parked for this flow to the route that has just been registered for it. */
    void release(FlowKey flow, int route) {
        if (parking.size() == 0) {
            return;
        }
        CopierLink link = links.at(routes.stream(route));
        long routeId = routes.routeId(route);
        boolean wantsPayload = routes.payloadWanted(route) > 0;
        int released = parking.release(flow, (records, from) -> {
            if (wantsPayload && records.getInt(from + ResponseRecord.PAYLOAD_LENGTH_OFFSET) != 0) {
                counters.count(InterceptorCounter.PARKED_PAYLOAD_DROPS);
                return;
            }
            copy(link, records, from, routeId);
        });
        if (released > 0) {
            counters.add(InterceptorCounter.PARKED_RELEASED, released);
        }
    }

    private void copy(CopierLink link, ByteBuffer records, int from, long routeId) {
        int at = link.outbox().claim();
        if (at < 0) {
            link.countDropped();
            counters.count(InterceptorCounter.SLOW_STREAM_DROPS);
            return;
        }
        ByteBuffer out = link.outbox().buffer();
        out.put(at, records, from, ResponseRecord.LENGTH);
        ResponseSummarizer.routeId(out, at, routeId);
        link.outbox().commit();
    }
}
