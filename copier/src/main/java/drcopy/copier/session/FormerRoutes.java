// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Routes that outlive their replicas. One stays announced for a while: the next replica of its flow takes it over, so that no interceptor
 * has to hear of that one before the target answers it. Once withdrawn, a route is remembered: an interceptor that has not heard yet
 * reports its flow under it. Bounded by time and number. Owned by the shard thread.
 */
final class FormerRoutes {
    private final RouteSink routes;
    private final ReplicaTable table;
    private final long keptNs;
    private final int most;
    /** At most one of a flow. */
    private final FlowTable<FormerRoute> announced = new FlowTable<>(1024);

    private final Queue<FormerRoute> withdrawn = new ArrayDeque<>();
    private FormerRoute oldest;
    private FormerRoute youngest;

    /**
     * @param keptNs how long a route stays announced
     * @param most routes that stay announced, and that are remembered
     */
    FormerRoutes(RouteSink routes, ReplicaTable table, long keptNs, int most) {
        this.routes = routes;
        this.table = table;
        this.keptNs = keptNs;
        this.most = most;
    }

    /** The replica, which is gone, leaves its route behind; its flow has no other. */
    void keep(Replica replica, long nowNs) {
        FormerRoute route = new FormerRoute(replica);
        table.leave(replica, route);
        route.untilNs = nowNs + keptNs;
        route.older = youngest;
        if (youngest == null) {
            oldest = route;
        } else {
            youngest.younger = route;
        }
        youngest = route;
        announced.put(route);
        if (announced.size() > most) {
            withdraw(oldest);
        }
    }

    /** The replica, which is gone, takes its route along. */
    void withdraw(Replica replica) {
        FormerRoute route = new FormerRoute(replica);
        table.leave(replica, route);
        remember(route);
    }

    /**
     * The replica takes over what its flow has.
     *
     * @return false when there is nothing that fits
     */
    boolean inherit(Replica replica) {
        FormerRoute route = announced.find(replica.key, 0);
        if (route == null) {
            return false;
        }
        if (route.instanceId != replica.session.tag) {
            withdraw(route);
            return false;
        }
        unlist(route);
        table.inherit(replica, route);
        replica.isRouted = true;
        replica.isHeir = true;
        replica.formerNxt = route.rcvNxt;
        return true;
    }

    /** Withdraws what has been kept long enough, at most so many; how many. */
    int expire(long nowNs, int limit) {
        int count = 0;
        while (count < limit && oldest != null && oldest.untilNs <= nowNs) {
            withdraw(oldest);
            count++;
        }
        return count;
    }

    /** When {@link #expire} is next needed, or NEVER. */
    long deadlineNs() {
        return oldest == null ? TimerHeap.NEVER : oldest.untilNs;
    }

    /** Withdraws all of instance IDs that are not among these. */
    void keepOnly(InstanceSet instances) {
        for (FormerRoute route = oldest; route != null; ) {
            FormerRoute next = route.younger;
            if (!instances.contains(route.instanceId)) {
                withdraw(route);
            }
            route = next;
        }
    }

    /** Withdraws all. */
    void withdrawAll() {
        while (oldest != null) {
            withdraw(oldest);
        }
    }

    /** Withdraws the route of this id if it is announced. */
    void withdraw(long routeId) {
        FormerRoute route = table.former(routeId);
        if (route != null && announced.find(route.key, 0) == route) {
            withdraw(route);
        }
    }

    private void withdraw(FormerRoute route) {
        unlist(route);
        remember(route);
    }

    private void unlist(FormerRoute route) {
        announced.remove(route);
        if (route.older == null) {
            oldest = route.younger;
        } else {
            route.older.younger = route.younger;
        }
        if (route.younger == null) {
            youngest = route.older;
        } else {
            route.younger.older = route.older;
        }
        route.older = null;
        route.younger = null;
    }

    private void remember(FormerRoute route) {
        routes.remove(route.id);
        withdrawn.add(route);
        if (withdrawn.size() > most) {
            table.forget(withdrawn.remove());
        }
    }
}
