// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.LeaseRequest;

/**
 * The pool a copier belongs to. Immutable.
 *
 * @param address where the pool is kept
 * @param leases the instance IDs it wants
 */
public record Coordination(PoolAddress address, LeaseRequest leases) {}
