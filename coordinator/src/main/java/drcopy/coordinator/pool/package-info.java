// SPDX-License-Identifier: Apache-2.0
/**
 * What a pool is made of, and every decision about it: which instance IDs to take, which interceptors to use, what a new session
 * means. Values in, values out: no ZooKeeper, thread or clock. May import {@code drcopy.agent}, Gson and the JDK.
 */
package drcopy.coordinator.pool;
