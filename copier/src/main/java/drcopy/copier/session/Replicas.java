// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;

/**
 * All replicas of a shard: their ports, their routes, whose turn it is to open, and the ended ones that still answer. Owned by
 * the shard thread.
 */
final class Replicas {
    /** How long openings rest after the queue of routes was full. */
    static final long ROUTE_RETRY_NS = 1_000_000L;

    private final EngineConfig config;
    private final Books books;
    private final RouteSink routes;
    private final TimerHeap timers;
    private final ReplicaTable table;
    private final PortTable ports = new PortTable();

    private Replica openHead;
    private Replica openTail;
    private int opening;
    private long routesFullUntilNs = Long.MIN_VALUE;

    private Replica lingerHead;
    private Replica lingerTail;
    private int lingering;
    private Replica evicted;

    Replicas(EngineConfig config, Books books, RouteSink routes, TimerHeap timers) {
        this.config = config;
        this.books = books;
        this.routes = routes;
        this.timers = timers;
        this.table = new ReplicaTable(config.shard());
    }

    Replica find(long routeId) {
        return table.find(routeId);
    }

    ReplicaTable table() {
        return table;
    }

    /**
     * Gives a new replica its port, the first free one from {@code port} on, and its turn to open.
     *
     * @return false when every port is taken
     */
    boolean enlist(Replica replica, int port, long nowNs) {
        if (!takePort(replica, port)) {
            return false;
        }
        table.add(replica);
        replica.waitingSinceNs = nowNs;
        replica.lastHeardNs = nowNs;
        replica.isQueuedToOpen = true;
        replica.prevToOpen = openTail;
        if (openTail == null) {
            openHead = replica;
        } else {
            openTail.nextToOpen = replica;
        }
        openTail = replica;
        return true;
    }

    private boolean takePort(Replica replica, int from) {
        Session session = replica.session;
        int port = from;
        for (int tries = 0; tries < PortTable.PORTS; tries++) {
            replica.key.set(
                    session.sourceHi,
                    session.sourceLo,
                    port,
                    session.target.hi(),
                    session.target.lo(),
                    session.target.port());
            Replica holder = ports.holder(replica);
            if (holder != null && holder.isLingering && isSameClient(holder.session, session)) {
                stopLingering(holder);
                remove(holder);
                evicted = holder;
                holder = null;
            }
            if (holder == null) {
                ports.take(replica);
                return true;
            }
            port = PortTable.nextPort(port);
        }
        return false;
    }

    /** The lingering replica of the same client that had to leave its port to the last one enlisted, once, or null. */
    Replica pollEvicted() {
        Replica last = evicted;
        evicted = null;
        return last;
    }

    private static boolean isSameClient(Session a, Session b) {
        return a.tag == b.tag && a.key.equals(b.key);
    }

    /**
     * Whose turn it is to open, or null: at most maxOpening SYNs younger than their first timeout are out at a time. Its route
     * is announced; its SYN is to be sent.
     */
    Replica pollOpening(long nowNs) {
        Replica replica = openHead;
        if (replica == null || opening >= config.maxOpening() || nowNs < routesFullUntilNs) {
            return null;
        }
        if (!routes.add(replica.routeId, replica.key, replica.session.tag)) {
            books.count(CopierCounter.ROUTES_DEFERRED);
            routesFullUntilNs = nowNs + ROUTE_RETRY_NS;
            return null;
        }
        unqueue(replica);
        replica.isOpening = true;
        opening++;
        return replica;
    }

    /** When openings that rest are tried again, or NEVER. */
    long openDeadlineNs() {
        return openHead == null || opening >= config.maxOpening() ? TimerHeap.NEVER : routesFullUntilNs;
    }

    /** The replica no longer counts among those that open. */
    void opened(Replica replica) {
        if (replica.isOpening) {
            replica.isOpening = false;
            opening--;
        }
    }

    private void unqueue(Replica replica) {
        if (!replica.isQueuedToOpen) {
            return;
        }
        replica.isQueuedToOpen = false;
        if (replica.prevToOpen == null) {
            openHead = replica.nextToOpen;
        } else {
            replica.prevToOpen.nextToOpen = replica.nextToOpen;
        }
        if (replica.nextToOpen == null) {
            openTail = replica.prevToOpen;
        } else {
            replica.nextToOpen.prevToOpen = replica.prevToOpen;
        }
        replica.prevToOpen = null;
        replica.nextToOpen = null;
    }

    /** The replica is no longer live: no timer, no turn, no acknowledgment. {@link #linger} or {@link #remove} follows. */
    void retire(Replica replica) {
        timers.cancel(replica);
        opened(replica);
        replica.isAckOwed = false;
        replica.cursor = null;
        if (replica.isQueuedToOpen) {
            unqueue(replica);
        }
    }

    /** The replica is gone, its port free, its route withdrawn. */
    void remove(Replica replica) {
        ports.release(replica);
        routes.remove(replica.routeId);
        table.remove(replica);
    }

    /** The replica answers late segments for a while. */
    void linger(Replica replica, long nowNs) {
        replica.isLingering = true;
        replica.lingerUntilNs = nowNs + config.lingerNs();
        replica.prevLingering = lingerTail;
        if (lingerTail == null) {
            lingerHead = replica;
        } else {
            lingerTail.nextLingering = replica;
        }
        lingerTail = replica;
        lingering++;
        books.move(Ledger.Gauge.REPLICAS_LINGERING, 1);
    }

    void stopLingering(Replica replica) {
        replica.isLingering = false;
        if (replica.prevLingering == null) {
            lingerHead = replica.nextLingering;
        } else {
            replica.prevLingering.nextLingering = replica.nextLingering;
        }
        if (replica.nextLingering == null) {
            lingerTail = replica.prevLingering;
        } else {
            replica.nextLingering.prevLingering = replica.prevLingering;
        }
        replica.prevLingering = null;
        replica.nextLingering = null;
        lingering--;
        books.move(Ledger.Gauge.REPLICAS_LINGERING, -1);
    }

    /** The replica whose lingering is over, by time or because there are too many, or null. It is removed. */
    Replica pollLingering(long nowNs) {
        Replica oldest = lingerHead;
        if (oldest == null || oldest.lingerUntilNs > nowNs && lingering <= config.maxLingering()) {
            return null;
        }
        stopLingering(oldest);
        remove(oldest);
        return oldest;
    }

    boolean isLingeringFull() {
        return lingering > config.maxLingering();
    }

    long lingerDeadlineNs() {
        return lingerHead == null ? TimerHeap.NEVER : lingerHead.lingerUntilNs;
    }
}
