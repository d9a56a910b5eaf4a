// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

/**
 * An instance ID that a copier may use. Immutable.
 *
 * @param id 0..1023
 * @param epoch czxid of its znode: a later lease of the same ID has a larger one
 */
public record Lease(int id, long epoch) {
    /** How many instance IDs a pool has. */
    public static final int IDS = 1024;
}
