// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;

/**
 * All sessions of one shard. Sans-IO: the same calls in the same order give the same packets, byte for byte. Owned by the
 * shard thread. {@code nowNs} is a monotonic clock, never smaller than in the call before. The rules are in docs/SESSION.md.
 */
public final class SessionEngine {
    final EngineConfig config;
    private final Ledger ledger;
    final SegmentSink out;
    final RouteSink routes;

    public SessionEngine(EngineConfig config, Ledger ledger, SegmentSink out, RouteSink routes) {
        this.config = config;
        this.ledger = ledger;
        this.out = out;
        this.routes = routes;
    }

    /** A segment that a client sent to online. */
    public void onClientSegment(SegmentView segment, long nowNs) {
        ledger.count(CopierCounter.INTERNAL_ERRORS);
    }

    /** A segment that the target sent to a replica. */
    public void onTargetResponse(TargetResponse response, long nowNs) {
        ledger.count(CopierCounter.INTERNAL_ERRORS);
    }

    /** An interceptor says that the flow of this route belongs to another copier: the replica takes another port. */
    public void onRouteConflict(long routeId, long nowNs) {
        ledger.count(CopierCounter.INTERNAL_ERRORS);
    }

    /** An interceptor that was away is back: replicas with unacknowledged data retransmit without waiting for their timers. */
    public void onInterceptorReturned(long nowNs) {
        ledger.count(CopierCounter.INTERNAL_ERRORS);
    }

    /** The inputs that were there have been handed over: owed acknowledgments go out now, one per replica. */
    public void onBatchEnd(long nowNs) {
        ledger.count(CopierCounter.INTERNAL_ERRORS);
    }

    /**
     * Runs the timers that are due.
     *
     * @param limit timers to run at most
     * @return timers run; equal to {@code limit} when more may be due
     */
    public int onTick(long nowNs, int limit) {
        ledger.count(CopierCounter.INTERNAL_ERRORS);
        return 0;
    }

    /** When {@link #onTick} is next needed; {@code Long.MAX_VALUE} when only input can wake the engine. */
    public long nextDeadlineNs() {
        return Long.MAX_VALUE;
    }

    /**
     * The copier stops: live replicas are reset, and what they hold is booked as SHUTDOWN. No input comes after it.
     *
     * @param limit replicas to reset at most in this call
     * @return replicas reset; less than {@code limit} when none is left
     */
    public int onShutdown(long nowNs, int limit) {
        ledger.count(CopierCounter.INTERNAL_ERRORS);
        return 0;
    }
}
