// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import drcopy.agent.HostPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which interceptors a copier uses: those that are members, and for a while those that were. One whose stream is up is kept
 * however long ZooKeeper does not know it: the stream tells who is alive, ZooKeeper who belongs to the pool. While ZooKeeper is
 * away nobody's time runs out. Not thread safe.
 */
public final class InterceptorGrace {
    private final long graceNs;
    /** Last time each was a member, or was heard, or could not be known not to be one. */
    private final Map<HostPort, Long> lastSeenNs = new LinkedHashMap<>();

    /** @param graceNs longer than a ZooKeeper session lives after its process */
    public InterceptorGrace(long graceNs) {
        this.graceNs = graceNs;
    }

    /** ZooKeeper's view as of now. */
    public List<HostPort> members(Set<HostPort> present, Predicate<HostPort> isUp, long nowNs) {
        present.forEach(member -> lastSeenNs.put(member, nowNs));
        lastSeenNs.replaceAll((member, seen) -> isUp.test(member) ? Long.valueOf(nowNs) : seen);
        lastSeenNs.values().removeIf(seen -> nowNs - seen >= graceNs);
        return new ArrayList<>(lastSeenNs.keySet());
    }

    /** ZooKeeper cannot be asked: everybody stays. */
    public List<HostPort> unknown(long nowNs) {
        lastSeenNs.replaceAll((member, seen) -> nowNs);
        return new ArrayList<>(lastSeenNs.keySet());
    }
}
