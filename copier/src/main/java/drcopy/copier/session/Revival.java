// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/**
 * Ends the waiting of replicas whose timers have backed off when the cause is gone: an interceptor or a target was away and is
 * back. {@link ReplicaTimers} sends. Owned by the shard thread.
 */
final class Revival {
    /** Between two replicas that send again: 50,000 a second. */
    static final long PACE_NS = 20_000L;
    /** What holds so much is served first, for new sessions may be waiting for the memory. */
    static final int MUCH_BYTES = 65_536;

    private final Replicas replicas;
    private final TimerHeap timers;

    Revival(Replicas replicas, TimerHeap timers) {
        this.replicas = replicas;
        this.timers = timers;
    }

    /** Answers may have been lost: replicas with unacknowledged data repeat, those that hold a request ask how far the target is. */
    void onInterceptorReturned(long nowNs) {
        ReplicaTable table = replicas.table();
        for (int i = 0; i < table.end(); i++) {
            Replica replica = table.at(i);
            boolean isWaiting = replica != null
                    && !replica.isLingering
                    && (replica.rtoAtNs != TimerHeap.NEVER || replica.hold.dueNs() != TimerHeap.NEVER);
            if (isWaiting) {
                replica.rto.forgetBackoff();
                repeat(replica, nowNs);
            }
        }
    }

    /** The target of this gate has answered one replica: the others repeat what they have backed off from. */
    void onTargetReturned(OpeningGate gate, long nowNs) {
        gate.restart(nowNs);
        long dueNs = revive(gate, true, nowNs);
        revive(gate, false, dueNs);
    }

    private long revive(OpeningGate gate, boolean holdsMuch, long fromNs) {
        long dueNs = fromNs;
        ReplicaTable table = replicas.table();
        for (int i = 0; i < table.end(); i++) {
            Replica replica = table.at(i);
            boolean isWaiting = replica != null
                    && replica.gate == gate
                    && (replica.isQueuedToOpen || hasBackedOff(replica))
                    && holdsMuch == replica.session.heldBytes >= MUCH_BYTES;
            if (!isWaiting) {
                continue;
            }
            replica.rto.easeBackoff(TargetSilence.AFTER_NS);
            if (!replica.state().isSynchronized()) {
                replicas.enlistLate(replica);
            } else if (dueNs < replica.rtoAtNs) {
                repeat(replica, dueNs);
                dueNs += PACE_NS;
            }
        }
        return dueNs;
    }

    private static boolean hasBackedOff(Replica replica) {
        return !replica.isLingering && replica.rtoAtNs != TimerHeap.NEVER && replica.rto.isBackedOff();
    }

    private void repeat(Replica replica, long dueNs) {
        replica.isRepairing = true;
        replica.rtoAtNs = dueNs;
        timers.schedule(replica, dueNs);
    }
}
