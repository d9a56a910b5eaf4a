// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

/**
 * The znode of a leased instance ID; its czxid is the lease's epoch. Immutable.
 *
 * @param schema {@link PoolJson#SCHEMA}
 * @param holder the copier's id
 * @param since when it was taken, ISO 8601
 * @param process who wrote this
 */
public record LeaseNode(int schema, String holder, String since, ProcessMark process) {}
