// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import java.util.List;

/**
 * A pool as {@code coordinator status --json} shows it. Immutable.
 *
 * @param pool its name
 * @param interceptors by address
 * @param copiers by id
 * @param ids leases, by number
 * @param control what copiers are told
 */
public record PoolStatus(
        String pool, List<Interceptor> interceptors, List<Copier> copiers, List<Id> ids, ControlStatus control) {
    /** See {@link InterceptorNode}. */
    public record Interceptor(String address, List<String> vips, String since, String version) {}

    /** See {@link CopierNode}. */
    public record Copier(String id, String host, List<Integer> instanceIds, String since, String version) {}

    /** See {@link LeaseNode}. */
    public record Id(int id, String holder, long epoch) {}

    /** See {@link Control}; the ratio is null while nobody has set one. */
    public record ControlStatus(boolean paused, Integer ratio) {}

    /** What {@code --json} shows of what is there. */
    public static PoolStatus of(PoolContents contents) {
        return new PoolStatus(
                contents.pool(),
                contents.interceptors().stream()
                        .map(node -> new Interceptor(node.address(), node.vips(), node.since(), node.version()))
                        .toList(),
                contents.copiers().stream()
                        .map(node ->
                                new Copier(node.id(), node.host(), node.instanceIds(), node.since(), node.version()))
                        .toList(),
                ids(contents.leases()),
                new ControlStatus(
                        contents.control().paused(), contents.control().ratio()));
    }

    /** Leases alone, as {@code --json} shows them. */
    public static List<Id> ids(List<PoolContents.HeldId> leases) {
        return leases.stream()
                .map(held -> new Id(
                        held.lease().id(), held.node().holder(), held.lease().epoch()))
                .toList();
    }
}
