// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import java.util.List;

/**
 * Which instance IDs a copier wants. Immutable.
 *
 * @param count how many, one for each replica of a session
 * @param exactly just these; empty for the lowest free ones
 */
public record LeaseRequest(int count, List<Integer> exactly) {
    public LeaseRequest {
        exactly = List.copyOf(exactly);
    }

    /** The lowest free ones. */
    public static LeaseRequest lowestFree(int count) {
        return new LeaseRequest(count, List.of());
    }

    /** Just these. */
    public static LeaseRequest exactly(List<Integer> ids) {
        return new LeaseRequest(ids.size(), ids);
    }

    boolean isExact() {
        return !exactly.isEmpty();
    }
}
