// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import java.util.List;

/**
 * The znode of a copier. Immutable.
 *
 * @param schema {@link PoolJson#SCHEMA}
 * @param id names the copier in the pool
 * @param host the kernel's host name
 * @param transfers what it copies
 * @param instanceIds the IDs its new sessions use
 * @param since when it joined, ISO 8601
 * @param version of its program
 * @param metrics where its figures are served, {@code host:port}; null when they are not
 * @param process who wrote this
 */
public record CopierNode(
        int schema,
        String id,
        String host,
        String transfers,
        List<Integer> instanceIds,
        String since,
        String version,
        String metrics,
        ProcessMark process) {
    public CopierNode {
        instanceIds = instanceIds == null ? List.of() : List.copyOf(instanceIds);
    }

    /** The same copier under another name. */
    public CopierNode named(String name) {
        return new CopierNode(schema, name, host, transfers, instanceIds, since, version, metrics, process);
    }

    /** The same copier with these instance IDs. */
    public CopierNode with(List<Integer> ids) {
        return new CopierNode(schema, id, host, transfers, ids, since, version, metrics, process);
    }
}
