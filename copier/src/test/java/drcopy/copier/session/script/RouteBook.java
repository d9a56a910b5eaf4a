// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.copier.session.RouteSink;
import drcopy.wire.FlowKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The far side of the engine's routes: remembers all of them, and refuses what no interceptor could live with. */
public final class RouteBook implements RouteSink {
    private final List<Route> routes = new ArrayList<>();
    private final Map<Long, Route> byId = new HashMap<>();
    private final Map<FlowKey, Route> latest = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private final Map<FlowKey, Connections> connections = new HashMap<>();
    private boolean isFull;
    private int live;
    private int announced;

    /** One announced flow. */
    public static final class Route {
        public final long id;
        public final FlowKey replica;
        public final int instance;
        /** The one before of the same addresses, or null. */
        public final Route before;

        private boolean isLive = true;

        private Route(long id, FlowKey replica, int instance, Route before) {
            this.id = id;
            this.replica = replica;
            this.instance = instance;
            this.before = before;
        }

        public boolean isLive() {
            return isLive;
        }
    }

    /** Those on the same addresses, counted from 0. */
    private static final class Connections {
        private int count;
        /** It was established: more than SYNs, and RSTs between them, went out. */
        private boolean isUnderWay;
    }

    /** A route that came or went. */
    record Event(Route route, boolean isAdded) {}

    @Override
    public boolean add(long routeId, FlowKey replica, int instanceId) {
        if (isFull) {
            return false;
        }
        FlowKey key = new FlowKey().set(replica);
        Route before = latest.get(key);
        announced++;
        if (before != null && before.isLive && before.id == routeId) {
            check(before.instance == instanceId, "the route for " + key + " has another instance than before");
            events.add(new Event(before, true));
            return true;
        }
        check(before == null || !before.isLive, "a second live route for " + key);
        check(!byId.containsKey(routeId), "route id " + routeId + " is used twice");
        Route route = new Route(routeId, key, instanceId, before);
        routes.add(route);
        byId.put(routeId, route);
        latest.put(key, route);
        events.add(new Event(route, true));
        live++;
        return true;
    }

    @Override
    public void remove(long routeId) {
        Route route = byId.get(routeId);
        check(route != null && route.isLive, "removed a route that is not there: " + routeId);
        route.isLive = false;
        events.add(new Event(route, false));
        live--;
    }

    private static void check(boolean holds, String reason) {
        if (!holds) {
            throw new AssertionError(reason);
        }
    }

    /**
     * A packet went out on these addresses.
     *
     * @return how many connections there were on them before its own
     */
    int sent(FlowKey key, boolean isSyn) {
        Connections known = connections.computeIfAbsent(new FlowKey().set(key), k -> new Connections());
        known.count += isSyn && known.isUnderWay ? 1 : 0;
        known.isUnderWay = !isSyn;
        return known.count;
    }

    /** How many connections there were on these addresses before the last. */
    int generation(FlowKey key) {
        Connections known = connections.get(key);
        return known == null ? 0 : known.count;
    }

    /** The route announced last for these addresses, or null. */
    public Route latest(FlowKey key) {
        return latest.get(key);
    }

    /** How often a route was announced. */
    public int announced() {
        return announced;
    }

    /** Routes that were announced and not removed. */
    public int live() {
        return live;
    }

    /** Makes {@link #add} refuse, as a full queue does. */
    public void full(boolean full) {
        isFull = full;
    }

    /** Takes the oldest event about these addresses, or null. */
    Event takeEvent(FlowKey key) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).route().replica.equals(key)) {
                return events.remove(i);
            }
        }
        return null;
    }
}
