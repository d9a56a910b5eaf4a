// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import java.util.List;

/**
 * The znode of an interceptor. Immutable.
 *
 * @param schema {@link PoolJson#SCHEMA}
 * @param address where copiers connect, {@code host:port}
 * @param vips what it diverts
 * @param since when it joined, ISO 8601
 * @param version of its program
 * @param metrics where its figures are served, {@code host:port}; null when they are not
 * @param process who wrote this
 */
public record InterceptorNode(
        int schema,
        String address,
        List<String> vips,
        String since,
        String version,
        String metrics,
        ProcessMark process) {
    public InterceptorNode {
        vips = vips == null ? List.of() : List.copyOf(vips);
    }
}
