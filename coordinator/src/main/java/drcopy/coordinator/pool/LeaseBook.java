// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The instance IDs of one copier, and which to take next. Pure: its owner tells what ZooKeeper and the interceptors say. A lease
 * stays in use while ZooKeeper is away and while its session is renewed: what goes on running needs no permission. It ends
 * when somebody else has the ID, or when an operator frees it. Any thread.
 */
public final class LeaseBook {
    /** How long an ID that was taken away is left to others. */
    static final long AVOID_NS = 60_000_000_000L;

    private static final Lease NONE = new Lease(-1, 0);

    private final LeaseRequest request;
    private final Lease[] slots;
    private final Map<Integer, Long> avoidedUntilNs = new HashMap<>();

    /** What {@link #superseded} decides. */
    public enum Verdict {
        /** The interceptor has not heard of our newest lease yet: tell it. */
        TELL_AGAIN,
        /** Somebody else has the ID: nothing new on it. */
        LOST,
        /** The ID is not ours any more anyway. */
        IGNORE
    }

    public LeaseBook(LeaseRequest request) {
        this.request = request;
        slots = new Lease[request.count()];
        Arrays.fill(slots, NONE);
    }

    /**
     * The ID to ask for next.
     *
     * @param taken IDs that have a lease now
     * @return empty when nothing is missing, or when nothing that may be asked for is free
     */
    public synchronized OptionalInt next(Set<Integer> taken, long nowNs) {
        int slot = freeSlot();
        if (slot < 0) {
            return OptionalInt.empty();
        }
        if (request.isExact()) {
            return request.exactly().stream()
                    .mapToInt(id -> id)
                    .filter(id -> !holds(id) && !taken.contains(id) && !isAvoided(id, nowNs))
                    .findFirst();
        }
        for (int id = 0; id < Lease.IDS; id++) {
            if (!holds(id) && !taken.contains(id) && !isAvoided(id, nowNs)) {
                return OptionalInt.of(id);
            }
        }
        return OptionalInt.empty();
    }

    private boolean isAvoided(int id, long nowNs) {
        Long until = avoidedUntilNs.get(id);
        return until != null && nowNs - until < 0;
    }

    private int freeSlot() {
        return Arrays.asList(slots).indexOf(NONE);
    }

    private boolean holds(int id) {
        return slotOf(id) >= 0;
    }

    private int slotOf(int id) {
        for (int i = 0; i < slots.length; i++) {
            if (slots[i].id() == id) {
                return i;
            }
        }
        return -1;
    }

    /** How many IDs are missing. */
    public synchronized int missing() {
        return (int) Arrays.stream(slots).filter(NONE::equals).count();
    }

    /** An ID was leased, anew or for the first time. Exact IDs keep the order of the request. */
    public synchronized void acquired(Lease lease) {
        int slot = slotOf(lease.id());
        if (slot < 0) {
            slot = request.isExact() ? request.exactly().indexOf(lease.id()) : freeSlot();
        }
        slots[slot] = lease;
    }

    /** Somebody else has it, or an operator took it away. */
    public synchronized void lost(int id, long nowNs) {
        int slot = slotOf(id);
        if (slot >= 0) {
            slots[slot] = NONE;
            avoidedUntilNs.put(id, nowNs + AVOID_NS);
        }
    }

    /** An interceptor has seen a lease of this ID with this epoch, and it was not ours. */
    public synchronized Verdict superseded(int id, long epoch, long nowNs) {
        int slot = slotOf(id);
        if (slot < 0) {
            return Verdict.IGNORE;
        }
        if (Long.compareUnsigned(slots[slot].epoch(), epoch) >= 0) {
            return Verdict.TELL_AGAIN;
        }
        lost(id, nowNs);
        return Verdict.LOST;
    }

    /** What new sessions use, in the order of the replicas. */
    public synchronized List<Lease> inUse() {
        List<Lease> leases = new ArrayList<>();
        for (Lease lease : slots) {
            if (!lease.equals(NONE)) {
                leases.add(lease);
            }
        }
        return List.copyOf(leases);
    }
}
