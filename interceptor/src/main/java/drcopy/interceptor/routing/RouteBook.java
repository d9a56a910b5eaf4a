// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import drcopy.wire.FlowKey;

/**
 * The rule by which flows are given to streams: a flow belongs to the copier that routed it first, as long as the stream lives
 * that carries the route; the same process may move it to another stream, which happens when it reconnects. Owned by the
 * diversion thread.
 */
public final class RouteBook {
    /** What became of a claim. */
    public enum Outcome {
        /** The flow had no route. */
        ADDED,
        /** The claimant's own process had routed it. */
        REPLACED,
        /** Another copier holds it: {@link #holder}. */
        CONFLICT,
        /** No room for another route. */
        FULL
    }

    /** Tells which streams speak for the same process. */
    @FunctionalInterface
    public interface Succession {
        /** True when a claim of {@code claimant} takes over a flow of {@code holder}; the two differ. */
        boolean succeeds(int claimant, int holder);
    }

    private final RouteTable table;
    private final Succession succession;
    private int holder;
    private int entry;

    public RouteBook(RouteTable table, Succession succession) {
        this.table = table;
        this.succession = succession;
    }

    /** Registers the flow for the stream if the rule allows it. */
    public Outcome claim(FlowKey key, int stream, long routeId, int payloadWanted) {
        int present = table.find(key);
        if (present != RouteTable.NONE) {
            holder = table.stream(present);
            if (holder != stream && !succession.succeeds(stream, holder)) {
                return Outcome.CONFLICT;
            }
            table.remove(present);
        }
        int sameId = table.find(stream, routeId);
        if (sameId != RouteTable.NONE) {
            table.remove(sameId);
        }
        if (table.isFull()) {
            return Outcome.FULL;
        }
        entry = table.add(key, stream, routeId, payloadWanted);
        return present != RouteTable.NONE || sameId != RouteTable.NONE ? Outcome.REPLACED : Outcome.ADDED;
    }

    /** The stream that holds the flow of the last claim; valid after {@link Outcome#CONFLICT}. */
    public int holder() {
        return holder;
    }

    /** The entry that the last claim made; valid after {@link Outcome#ADDED} and {@link Outcome#REPLACED}. */
    public int entry() {
        return entry;
    }
}
