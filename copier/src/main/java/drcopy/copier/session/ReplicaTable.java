// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.util.Arrays;

/**
 * Replicas by route id. A route id is shard (8 bits) | generation (24 bits) | index (32 bits); an index whose generations are
 * used up is retired, so no id comes twice. Owned by the shard thread.
 */
final class ReplicaTable {
    private static final int GENERATIONS = 1 << 24;

    private final long shardBits;
    private Replica[] replicas = new Replica[1024];
    private int[] generations = new int[1024];
    private int[] free = new int[1024];
    private int freeCount;
    private int used;

    ReplicaTable(int shard) {
        this.shardBits = (long) shard << 56;
    }

    /** Gives the replica a route id of its own. */
    void add(Replica replica) {
        int index;
        if (freeCount > 0) {
            index = free[--freeCount];
        } else {
            index = used++;
            if (index == replicas.length) {
                replicas = Arrays.copyOf(replicas, index * 2);
                generations = Arrays.copyOf(generations, index * 2);
                free = Arrays.copyOf(free, index * 2);
            }
        }
        replicas[index] = replica;
        replica.routeId = shardBits | (long) generations[index] << 32 | index;
    }

    void remove(Replica replica) {
        int index = (int) replica.routeId;
        replicas[index] = null;
        if (++generations[index] < GENERATIONS) {
            free[freeCount++] = index;
        }
    }

    /** The replica of this route, or null when there is none. Any number may be asked for. */
    Replica find(long routeId) {
        int index = (int) routeId;
        if (index < 0 || index >= used) {
            return null;
        }
        Replica replica = replicas[index];
        return replica != null && replica.routeId == routeId ? replica : null;
    }

    /** Indexes in use lie below this. */
    int end() {
        return used;
    }

    /** The replica at an index, or null. */
    Replica at(int index) {
        return replicas[index];
    }
}
