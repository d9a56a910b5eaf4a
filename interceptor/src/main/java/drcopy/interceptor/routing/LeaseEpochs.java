// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import java.util.HashMap;
import java.util.Map;

/**
 * The newest lease of each instance ID that was seen, pool by pool. Leases are fenced by their epoch: who holds an older one
 * does not know yet that it has lost the ID. Owned by the diversion thread.
 */
public final class LeaseEpochs {
    /** Instance IDs are 0..{@value}. */
    public static final int MAX_INSTANCE_ID = 1023;

    private static final int MAX_POOLS = 16;

    private final Map<String, Pool> pools = new HashMap<>();

    /** The newest lease of each ID of a pool. */
    private static final class Pool {
        final long[] epochs = new long[MAX_INSTANCE_ID + 1];
        final long[] holders = new long[MAX_INSTANCE_ID + 1];
    }

    /**
     * Takes note of a lease; without effect beyond {@value #MAX_POOLS} pools.
     *
     * @param incarnation the process that holds it
     */
    public void seen(String pool, int instanceId, long epoch, long incarnation) {
        if (pools.size() < MAX_POOLS || pools.containsKey(pool)) {
            Pool known = pools.computeIfAbsent(pool, name -> new Pool());
            if (Long.compareUnsigned(epoch, known.epochs[instanceId]) > 0) {
                known.epochs[instanceId] = epoch;
                known.holders[instanceId] = incarnation;
            }
        }
    }

    /** The newest epoch seen; 0 when there was none. */
    public long newest(String pool, int instanceId) {
        Pool known = pools.get(pool);
        return known == null ? 0 : known.epochs[instanceId];
    }

    /**
     * True when another process has a newer lease than this one. Its own, renewed, takes nothing from it: a wiped ZooKeeper counts
     * epochs from the start. A copier's id proves nothing: one that is cut off from ZooKeeper may have a namesake.
     */
    public boolean isSuperseded(String pool, int instanceId, long epoch, long incarnation) {
        Pool known = pools.get(pool);
        return known != null
                && epoch != 0
                && Long.compareUnsigned(epoch, known.epochs[instanceId]) < 0
                && incarnation != known.holders[instanceId];
    }
}
