// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.Ledger;

/**
 * All sessions of one shard. Sans-IO: the same calls in the same order give the same packets, byte for byte. Owned by the
 * shard thread. {@code nowNs} is a monotonic clock, never smaller than in the call before. The rules are in docs/SESSION.md.
 */
public final class SessionEngine {
    private final EngineConfig config;
    private final Ledger ledger;
    private final SegmentSink out;
    private final RouteSink routes;

    public SessionEngine(EngineConfig config, Ledger ledger, SegmentSink out, RouteSink routes) {
        this.config = config;
        this.ledger = ledger;
        this.out = out;
        this.routes = routes;
    }

    /** A segment that a client sent to online. */
    public void onClientSegment(SegmentView segment, long nowNs) {
        throw new UnsupportedOperationException(config + " " + ledger + out + routes + segment + nowNs);
    }

    /** A segment that the target sent to a replica. */
    public void onTargetResponse(TargetResponse response, long nowNs) {
        throw new UnsupportedOperationException("" + response + nowNs);
    }

    /** An interceptor says that the flow of this route belongs to another copier: the replica takes another port. */
    public void onRouteConflict(long routeId, long nowNs) {
        throw new UnsupportedOperationException("" + routeId + nowNs);
    }

    /** An interceptor that was away is back: replicas with unacknowledged data retransmit without waiting for their timers. */
    public void onInterceptorReturned(long nowNs) {
        throw new UnsupportedOperationException("" + nowNs);
    }

    /** The inputs that were there have been handed over: owed acknowledgments go out now, one per replica. */
    public void onBatchEnd(long nowNs) {
        throw new UnsupportedOperationException("" + nowNs);
    }

    /**
     * Runs the timers that are due.
     *
     * @param limit timers to run at most
     * @return timers run; equal to {@code limit} when more may be due
     */
    public int onTick(long nowNs, int limit) {
        throw new UnsupportedOperationException("" + nowNs + limit);
    }

    /** When {@link #onTick} is next needed; {@code Long.MAX_VALUE} when only input can wake the engine. */
    public long nextDeadlineNs() {
        return Long.MAX_VALUE;
    }
}
