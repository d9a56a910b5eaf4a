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

    private final Map<String, long[]> newest = new HashMap<>();

    /** Takes note of a lease; without effect beyond {@value #MAX_POOLS} pools. */
    public void seen(String pool, int instanceId, long epoch) {
        if (newest.size() < MAX_POOLS || newest.containsKey(pool)) {
            long[] epochs = newest.computeIfAbsent(pool, name -> new long[MAX_INSTANCE_ID + 1]);
            if (Long.compareUnsigned(epoch, epochs[instanceId]) > 0) {
                epochs[instanceId] = epoch;
            }
        }
    }

    /** The newest epoch seen; 0 when there was none. */
    public long newest(String pool, int instanceId) {
        long[] epochs = newest.get(pool);
        return epochs == null ? 0 : epochs[instanceId];
    }
}
