// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.FlowKey;

/** Hears of faults of the engine's own. Called by the shard thread, once per kind of fault. */
@FunctionalInterface
public interface ErrorSink {
    /**
     * A fault inside one session; the session was reset and the engine goes on.
     *
     * @param session the session's key, valid during the call
     */
    void onError(FlowKey session, RuntimeException fault);
}
