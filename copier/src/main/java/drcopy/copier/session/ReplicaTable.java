// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.util.Arrays;

/**
 * Replicas and former routes by route id. A route id is shard (8 bits) | generation (24 bits) | index (32 bits); an index whose
 * generations are used up is retired, so no id comes twice. Owned by the shard thread.
 */
final class ReplicaTable {
    private static final int GENERATIONS = 1 << 24;

    private final long shardBits;
    private Replica[] replicas = new Replica[1024];
    private FormerRoute[] formers = new FormerRoute[1024];
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
                formers = Arrays.copyOf(formers, index * 2);
                generations = Arrays.copyOf(generations, index * 2);
                free = Arrays.copyOf(free, index * 2);
            }
        }
        replicas[index] = replica;
        replica.routeId = shardBits | (long) generations[index] << 32 | index;
    }

    /** The replica is gone, and nobody ever heard of its id. */
    void remove(Replica replica) {
        release((int) replica.routeId);
    }

    /** The replica is gone, its id stands for its former route. */
    void leave(Replica replica, FormerRoute route) {
        int index = (int) replica.routeId;
        replicas[index] = null;
        formers[index] = route;
    }

    /** The id of the former route is the replica's from now on. */
    void inherit(Replica replica, FormerRoute route) {
        int index = (int) route.id;
        replicas[index] = replica;
        formers[index] = null;
        replica.routeId = route.id;
    }

    /** The id of the former route stands for nothing any more. */
    void forget(FormerRoute route) {
        release((int) route.id);
    }

    private void release(int index) {
        replicas[index] = null;
        formers[index] = null;
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

    /** The former route of this id, or null when there is none. Any number may be asked for. */
    FormerRoute former(long routeId) {
        int index = (int) routeId;
        if (index < 0 || index >= used) {
            return null;
        }
        FormerRoute route = formers[index];
        return route != null && route.id == routeId ? route : null;
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
