// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import java.util.List;

/**
 * Everything ZooKeeper holds of a pool, at about one time. Immutable.
 *
 * @param pool its name
 * @param interceptors by address
 * @param copiers by id
 * @param leases by number
 * @param control what copiers are told
 */
public record PoolContents(
        String pool,
        List<InterceptorNode> interceptors,
        List<CopierNode> copiers,
        List<HeldId> leases,
        Control control) {
    /** A lease and who has it. */
    public record HeldId(Lease lease, LeaseNode node) {}
}
