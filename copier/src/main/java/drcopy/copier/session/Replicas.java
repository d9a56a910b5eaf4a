// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

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
    private final FormerRoutes formers;
    private final PortTable ports = new PortTable();

    private final Map<Target, OpeningGate> gatesByTarget = new HashMap<>();
    private OpeningGate[] gates = {};
    private long routesFullUntilNs = Long.MIN_VALUE;
    private long reopenedNs = Long.MIN_VALUE / 2;

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
        this.formers = new FormerRoutes(routes, table, config.lingerNs(), config.maxLingering());
    }

    /** Whose segments are reported under this route: the replica that has it, or, when it was withdrawn, the one on its flow by now; or null. */
    Replica find(long routeId) {
        Replica replica = table.find(routeId);
        return replica == null ? heir(table.former(routeId)) : replica;
    }

    private Replica heir(FormerRoute route) {
        return route == null ? null : ports.holder(route);
    }

    FormerRoutes formers() {
        return formers;
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
        if (!takePort(replica, port, nowNs)) {
            return false;
        }
        if (formers.inherit(replica)) {
            books.count(CopierCounter.ROUTES_TAKEN_OVER);
        } else {
            table.add(replica);
        }
        replica.waitingSinceNs = nowNs;
        replica.lastHeardNs = nowNs;
        gate(replica.session.target).queue(replica);
        return true;
    }

    /** The replica's SYN was not answered, or not sent, in a silence of the target that is over: it waits for a turn behind others like it. */
    void enlistLate(Replica replica) {
        if (replica.isQueuedToOpen) {
            replica.gate.unqueue(replica);
        } else {
            replica.gate.leave(replica);
            replica.transitionTo(TcpState.CLOSED);
            replica.sndNxt = replica.sndUna;
            replica.rtoAtNs = TimerHeap.NEVER;
        }
        replica.isLate = true;
        replica.gate.queue(replica);
    }

    private boolean takePort(Replica replica, int from, long nowNs) {
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
                remove(holder, nowNs);
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

    private OpeningGate gate(Target target) {
        OpeningGate gate = gatesByTarget.get(target);
        if (gate == null) {
            gate = new OpeningGate(config.maxOpening());
            gatesByTarget.put(target, gate);
            gates = Arrays.copyOf(gates, gates.length + 1);
            gates[gates.length - 1] = gate;
        }
        return gate;
    }

    /** What was found out about the way to a target and not told yet, or null. */
    ShorterPath pollShorterPath() {
        for (Map.Entry<Target, OpeningGate> entry : gatesByTarget.entrySet()) {
            int bytes = entry.getValue().path.pollUntold();
            if (bytes > 0) {
                return new ShorterPath(entry.getKey(), bytes);
            }
        }
        return null;
    }

    /** The SYN of a replica that took its route over was not answered: it may be that an interceptor refused the route then. */
    void announceAgain(Replica replica) {
        if (replica.isHeir) {
            boolean unused = routes.add(replica.routeId, replica.key, replica.session.tag); // else with the next SYN
        }
    }

    /** Whose turn it is to open, or null. Its route is announced; its SYN is to be sent. */
    Replica pollOpening(long nowNs) {
        Replica replica = nowNs < routesFullUntilNs ? null : nextToOpen();
        if (replica == null) {
            return null;
        }
        if (!replica.isRouted && !routes.add(replica.routeId, replica.key, replica.session.tag)) {
            books.count(CopierCounter.ROUTES_DEFERRED);
            routesFullUntilNs = nowNs + ROUTE_RETRY_NS;
            return null;
        }
        replica.isRouted = true;
        if (replica.isHeir) {
            reopenedNs = nowNs;
        }
        unqueue(replica);
        replica.gate.open(replica);
        return replica;
    }

    private Replica nextToOpen() {
        for (OpeningGate gate : gates) {
            Replica replica = gate.next();
            if (replica != null) {
                return replica;
            }
        }
        return null;
    }

    /** When openings that rest are tried again, or NEVER. */
    long openDeadlineNs() {
        return nextToOpen() == null ? TimerHeap.NEVER : routesFullUntilNs;
    }

    /** When a connection was last opened again on addresses that had one a moment before. */
    long reopenedNs() {
        return reopenedNs;
    }

    private void unqueue(Replica replica) {
        replica.gate.unqueue(replica);
        waitedForTurn(replica);
    }

    /** The replica's silence counts from the target's last answer to any replica that opened, as long as it is not its turn. */
    void waitedForTurn(Replica replica) {
        replica.waitingSinceNs = Math.max(replica.waitingSinceNs, replica.gate.lastAnsweredNs());
    }

    /** The replica is no longer live: no timer, no turn, no acknowledgment. {@link #linger} or {@link #remove} follows. */
    void retire(Replica replica) {
        timers.cancel(replica);
        replica.gate.leave(replica);
        replica.isAckOwed = false;
        replica.cursor = null;
        if (replica.isQueuedToOpen) {
            unqueue(replica);
        }
    }

    /** The replica is gone, its port free; its route stays for the next replica of its flow, unless that may not be opened. */
    void remove(Replica replica, long nowNs) {
        if (!replica.isRouted || !replica.session.mayOpen()) {
            withdraw(replica);
            return;
        }
        ports.release(replica);
        formers.keep(replica, nowNs);
    }

    /** The replica is gone, its port free, its route withdrawn if it was announced. */
    void withdraw(Replica replica) {
        ports.release(replica);
        if (replica.isRouted) {
            formers.withdraw(replica);
        } else {
            table.remove(replica);
        }
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
        withdraw(oldest);
        return oldest;
    }

    boolean isLingeringFull() {
        return lingering > config.maxLingering();
    }

    /** When lingering, or the keeping of a former route, is next over, or NEVER. */
    long lingerDeadlineNs() {
        long keptNs = formers.deadlineNs();
        return lingerHead == null ? keptNs : Math.min(keptNs, lingerHead.lingerUntilNs);
    }
}
