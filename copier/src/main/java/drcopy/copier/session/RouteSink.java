// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.FlowKey;

/** Where the engine announces which replicas it owns. Called by the shard thread; never blocks. */
public interface RouteSink {
    /**
     * Announces a replica before its SYN is sent. One that is announced may be announced again.
     *
     * @param replica client address and port as the target sees them, and the target's; copied, not kept
     * @return false when the queue is full: the engine puts the opening off and asks again
     */
    boolean add(long routeId, FlowKey replica, int instanceId);

    /** The replica is gone; its summaries are no longer wanted. May be dropped when the queue is full. */
    void remove(long routeId);
}
