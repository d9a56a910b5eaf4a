// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import static drcopy.copier.session.sim.SimFailure.check;

import drcopy.copier.session.script.Header;
import drcopy.copier.session.script.RouteBook;
import drcopy.copier.session.script.SentPacket;
import drcopy.wire.FlowKey;
import drcopy.wire.Seq;
import drcopy.wire.TcpFlags;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The target: accepts connections, knows those from before and those that rest in TIME_WAIT, and answers what belongs to none
 * with RST. What it sends is summarised for the route of its addresses, as an interceptor does.
 */
final class FakeTarget {
    private static final long REST_NS = 60_000_000_000L;

    /** Where summaries go. */
    interface SummarySink {
        void accept(RouteBook.Route route, Header tcp, int payloadLength);
    }

    /** A connection that is over, or one from before: sequence numbers only. */
    private record Rest(int rcvNxt, int sndNxt, boolean isTimeWait) {}

    private final SimClock clock;
    private final List<Conversation> conversations;
    private final Weather weather;
    private final Random r;
    private final RouteBook routes;
    private final Outcome outcome;
    private final SummarySink summaries;
    private final Map<FlowKey, TargetConnection> connections = new HashMap<>();
    private final Map<FlowKey, Rest> resting = new HashMap<>();
    private final Map<TargetConnection, FlowKey> keys = new HashMap<>();
    private final Set<FlowKey> seen = new HashSet<>();
    /** Addresses that another copier owns. */
    private final Set<FlowKey> foreign = new HashSet<>();
    /** Routes on those whose refusal is on its way. */
    private final Set<RouteBook.Route> refused = new HashSet<>();

    private final Consumer<RouteBook.Route> conflicts;

    FakeTarget(
            SimClock clock,
            List<Conversation> conversations,
            Weather weather,
            Random r,
            RouteBook routes,
            Outcome outcome,
            SummarySink summaries,
            Consumer<RouteBook.Route> conflicts) {
        this.clock = clock;
        this.conversations = conversations;
        this.weather = weather;
        this.r = r;
        this.routes = routes;
        this.outcome = outcome;
        this.summaries = summaries;
        this.conflicts = conflicts;
    }

    /** A packet of a replica arrives. */
    void onPacket(SentPacket p) {
        boolean isSyn = (p.flags() & TcpFlags.SYN) != 0;
        if (isSyn && seen.add(p.key)) {
            meet(p);
        }
        if (foreign.contains(p.key)) {
            if (refused.add(p.route)) {
                clock.after(1 + r.nextInt(30_000_000), () -> conflicts.accept(p.route));
            }
            return;
        }
        TargetConnection connection = connections.get(p.key);
        if (connection != null) {
            connection.onPacket(p);
        } else if (resting.containsKey(p.key)) {
            onPacketOfRest(p, resting.get(p.key), isSyn);
        } else if (isSyn) {
            accept(p);
        } else if ((p.flags() & TcpFlags.RST) == 0) {
            send(p.key, new Header(TcpFlags.RST, p.ack(), 0, 0, 0, new byte[0]), 0);
        }
    }

    /** Addresses that were never seen before may be in use: by a connection from before, or by another copier. */
    private void meet(SentPacket p) {
        double dice = r.nextDouble();
        if (dice < weather.stale()) {
            resting.put(p.key, new Rest(r.nextInt(), r.nextInt(), false));
        } else if (dice < weather.stale() + weather.conflicts()) {
            foreign.add(p.key);
        }
    }

    private void onPacketOfRest(SentPacket p, Rest rest, boolean isSyn) {
        if (isSyn && rest.isTimeWait && Seq.greaterThan(p.seq(), rest.rcvNxt)) {
            resting.remove(p.key);
            accept(p);
        } else if ((p.flags() & TcpFlags.RST) != 0) {
            if (p.seq() == rest.rcvNxt) {
                resting.remove(p.key);
            }
        } else {
            send(p.key, new Header(TcpFlags.ACK, rest.sndNxt, rest.rcvNxt, 500, 0, new byte[0]), 0);
        }
    }

    private void accept(SentPacket syn) {
        Conversation said = conversationOf(syn);
        check(said.key.clientLo == syn.key.clientLo, said + ": its stream goes out on " + syn.key);
        TargetConnection connection = new TargetConnection(clock, this, syn, r, weather);
        connection.application =
                new TargetApplication(clock, said, syn.seq() + 1 - said.iss, weather, r, outcome, connection);
        connections.put(syn.key, connection);
        keys.put(connection, syn.key);
        if (r.nextDouble() < weather.targetTrouble()) {
            clock.after(r.nextInt(60_000_000), r.nextBoolean() ? connection::abort : connection::close);
        }
        connection.begin();
    }

    private Conversation conversationOf(SentPacket syn) {
        for (Conversation c : conversations) {
            int offset = syn.seq() - c.iss;
            if (offset >= 0 && offset <= c.streamEnd()) {
                return c;
            }
        }
        throw new SimFailure("a SYN with sequence number " + syn.seq() + " belongs to no conversation");
    }

    /** Sends on a connection of this target. */
    void transmit(TargetConnection c, int flags, int seq, int ack, int window, int length, byte[] options) {
        FlowKey key = keys.get(c);
        if (key != null) {
            send(key, new Header(flags, seq, ack, window, 0, options), length);
        }
    }

    private void send(FlowKey key, Header tcp, int length) {
        RouteBook.Route route = routes.latest(key);
        if (route.isLive()) {
            boolean isLate = weather.lateRoutes() && route.before != null && r.nextBoolean();
            summaries.accept(isLate ? route.before : route, tcp, length);
        }
    }

    void forget(TargetConnection connection) {
        FlowKey key = keys.remove(connection);
        connections.remove(key, connection);
    }

    /** The connection was closed in order. */
    void rest(TargetConnection connection, boolean wasClosedHereFirst) {
        FlowKey key = keys.get(connection);
        if (wasClosedHereFirst) {
            Rest rest = new Rest(connection.rcvNxt(), connection.sender.sndNxt(), true);
            resting.put(key, rest);
            clock.after(REST_NS, () -> resting.remove(key, rest));
        }
    }
}
