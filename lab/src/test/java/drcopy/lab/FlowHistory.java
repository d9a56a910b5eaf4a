// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import com.google.protobuf.ByteString;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who claimed which flow at one interceptor, worked out from what copiers said to it, and whom it gave each response to. A flow belongs to
 * the process that was given the first response of it, until it takes its route back or its stream ends; and that must be one that claimed it
 * first. Claims that are a second apart or less may have been taken in either order. One thread.
 */
final class FlowHistory implements StreamTap.Listener {
    private static final long SAME_TIME_NS = 1_000_000_000;
    private static final int ROUTE = 48;
    private static final int ROUTE_ID = 8;
    private static final int FLOW_END = 44;
    private static final int RESPONSE = 40;

    private final Map<Long, Stream> streams = new HashMap<>();
    private final Map<ByteString, List<Claim>> claims = new HashMap<>();
    private final Map<ByteString, Long> owners = new HashMap<>();
    private long responses;
    private long foreign;
    private long contested;

    /** One stream of a copier. */
    private static final class Stream {
        String copier = "";
        long incarnation;
        /** Every route it ever told of. */
        final Map<ByteString, ByteString> flows = new HashMap<>();

        final Set<ByteString> live = new HashSet<>();
        final Set<Integer> superseded = new HashSet<>();
        Set<ByteString> before;
    }

    /** A live route. */
    private record Claim(Stream stream, ByteString route, long ns) {}

    /** Responses given to copiers. */
    long responses() {
        return responses;
    }

    /** Responses given to somebody who did not own their flow, or of a route that was never told. */
    long foreign() {
        return foreign;
    }

    /** Routes of flows that another process claimed, too. */
    long contested() {
        return contested;
    }

    @Override
    public void onRequest(long ns, long number, AttachRequest request) {
        Stream stream = streams.computeIfAbsent(number, key -> new Stream());
        switch (request.getMessageCase()) {
            case HELLO -> {
                stream.copier = request.getHello().getCopierId();
                stream.incarnation = request.getHello().getIncarnation();
            }
            case ROUTES -> {
                add(stream, request.getRoutes().getAdd(), ns);
                ByteString removes = request.getRoutes().getRemove();
                for (int at = 0; at < removes.size(); at += ROUTE_ID) {
                    remove(stream, removes.substring(at, at + ROUTE_ID));
                }
            }
            case SNAPSHOT -> {
                if (request.getSnapshot().getFirst()) {
                    stream.before = new HashSet<>(stream.live);
                }
                add(stream, request.getSnapshot().getRoutes(), ns);
                if (request.getSnapshot().getLast() && stream.before != null) {
                    stream.before.forEach(id -> remove(stream, id));
                    stream.before = null;
                }
            }
            case MESSAGE_NOT_SET -> {}
        }
    }

    private void add(Stream stream, ByteString routes, long ns) {
        for (int at = 0; at < routes.size(); at += ROUTE) {
            ByteString id = routes.substring(at, at + ROUTE_ID);
            int instance = (routes.byteAt(at + FLOW_END) & 0xff) << 8 | routes.byteAt(at + FLOW_END + 1) & 0xff;
            if (stream.superseded.contains(instance)) {
                continue;
            }
            if (stream.before != null) {
                stream.before.remove(id);
            }
            if (stream.live.add(id)) {
                claim(stream, id, routes.substring(at + ROUTE_ID, at + FLOW_END), ns);
            }
        }
    }

    private void claim(Stream stream, ByteString id, ByteString flow, long ns) {
        stream.flows.put(id, flow);
        List<Claim> all = claims.computeIfAbsent(flow, key -> new ArrayList<>());
        if (all.stream().anyMatch(claim -> claim.stream().incarnation != stream.incarnation)) {
            contested++;
        }
        all.add(new Claim(stream, id, ns));
    }

    private void remove(Stream stream, ByteString id) {
        if (!stream.live.remove(id)) {
            return;
        }
        ByteString flow = stream.flows.get(id);
        List<Claim> all = claims.get(flow);
        all.removeIf(claim -> claim.stream() == stream && claim.route().equals(id));
        if (all.stream().noneMatch(claim -> claim.stream().incarnation == stream.incarnation)) {
            owners.remove(flow, stream.incarnation);
        }
        if (all.isEmpty()) {
            claims.remove(flow);
        }
    }

    @Override
    public void onResponse(long ns, long number, AttachResponse response) {
        Stream stream = streams.computeIfAbsent(number, key -> new Stream());
        if (response.hasSuperseded()) {
            stream.superseded.add(response.getSuperseded().getInstanceId());
        }
        ByteString records = response.getResponses().getRecords();
        for (int at = 0; at < records.size(); at += RESPONSE) {
            responses++;
            ByteString id = records.substring(at, at + ROUTE_ID);
            if (!belongs(stream, id)) {
                foreign++;
                System.out.printf("%d: a response of route %s was given to %s%n", ns, id, stream.copier);
            }
        }
    }

    private boolean belongs(Stream stream, ByteString id) {
        ByteString flow = stream.flows.get(id);
        if (flow == null) {
            return false;
        }
        if (!stream.live.contains(id)) {
            return true; // it was on its way while the route was taken back
        }
        long since = claims.get(flow).stream()
                .filter(claim -> claim.stream().incarnation == stream.incarnation)
                .mapToLong(Claim::ns)
                .min()
                .orElseThrow();
        boolean isOthers = claims.get(flow).stream()
                .filter(claim -> claim.stream().incarnation != stream.incarnation)
                .anyMatch(claim -> claim.ns() + SAME_TIME_NS < since);
        Long owner = owners.putIfAbsent(flow, stream.incarnation);
        return !isOthers && (owner == null || owner == stream.incarnation);
    }

    @Override
    public void onEnd(long number) {
        Stream stream = streams.remove(number);
        if (stream != null) {
            Set.copyOf(stream.live).forEach(id -> remove(stream, id));
        }
    }
}
