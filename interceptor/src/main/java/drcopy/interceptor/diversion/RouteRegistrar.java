// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.routing.RouteBook;
import drcopy.interceptor.routing.RouteRecord;
import drcopy.interceptor.routing.RouteTable;
import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;

/**
 * Applies route messages, a bounded piece at a time. Routes on an instance ID that was leased anew to another copier are not
 * taken; those registered before stay until they end. Owned by the diversion thread.
 */
final class RouteRegistrar {
    /** What became of a piece of work. */
    enum Progress {
        /** There is more of this message. */
        UNFINISHED,
        DONE,
        /** The copier does not read the conflicts it causes. */
        DEAF
    }

    private final RouteTable routes;
    private final RouteBook book;
    private final CopierLinks links;
    private final ResponseIntake intake;
    private final InterceptorCounters counters;
    private final FlowKey key = new FlowKey();

    RouteRegistrar(RouteTable routes, CopierLinks links, ResponseIntake intake, InterceptorCounters counters) {
        this.routes = routes;
        this.book = new RouteBook(routes, links);
        this.links = links;
        this.intake = intake;
        this.counters = counters;
    }

    /** Works through at most {@code limit} records of the message. */
    Progress apply(RouteMessage message, int limit) {
        int slot = message.link().slot();
        if (message.isFirst()
                && message.adds().position() == 0
                && !message.link().isInSnapshot()) {
            routes.beginSnapshot(slot);
            message.link().inSnapshot(true);
        }
        int left = limit;
        for (ByteBuffer b = message.adds(); b.hasRemaining() && left > 0; left--) {
            boolean heard = add(message.link(), b, b.position());
            b.position(b.position() + RouteRecord.LENGTH);
            if (!heard) {
                return Progress.DEAF;
            }
        }
        for (ByteBuffer b = message.removes(); b.hasRemaining() && left > 0; left--) {
            remove(slot, b.getLong());
        }
        if (!message.isDone()) {
            return Progress.UNFINISHED;
        }
        if (message.isLast()) {
            counters.add(InterceptorCounter.ROUTES_SWEPT, routes.sweep(slot));
            counters.count(InterceptorCounter.SNAPSHOTS);
            message.link().inSnapshot(false);
        }
        return Progress.DONE;
    }

    private boolean add(CopierLink link, ByteBuffer b, int at) {
        long routeId = RouteRecord.routeId(b, at);
        int instanceId = RouteRecord.instanceId(b, at);
        if (link.isSuperseded(instanceId)) {
            counters.count(InterceptorCounter.ROUTES_SUPERSEDED);
            return true;
        }
        RouteRecord.key(b, at, key);
        switch (book.claim(key, link.slot(), routeId, RouteRecord.payloadWanted(b, at))) {
            case ADDED -> {
                counters.count(InterceptorCounter.ROUTES_ADDED);
                intake.release(key, book.entry());
            }
            case REPLACED -> {
                counters.count(InterceptorCounter.ROUTES_REPLACED);
                intake.release(key, book.entry());
            }
            case CONFLICT -> {
                counters.count(InterceptorCounter.ROUTE_CONFLICTS);
                return link.conflict(routeId, links.at(book.holder()).copierId());
            }
            case FULL -> counters.count(InterceptorCounter.ROUTES_REFUSED);
        }
        return true;
    }

    private void remove(int slot, long routeId) {
        int entry = routes.find(slot, routeId);
        if (entry != RouteTable.NONE) {
            routes.remove(entry);
            counters.count(InterceptorCounter.ROUTES_REMOVED);
        }
    }

    /** Drops the routes of a stream that ends. */
    void end(CopierLink link) {
        counters.add(InterceptorCounter.ROUTES_ENDED, routes.removeStream(link.slot()));
    }
}
