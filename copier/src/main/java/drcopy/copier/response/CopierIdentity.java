// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import drcopy.v1.Hello;
import java.util.List;

/**
 * Who this copier is to the interceptors. Immutable.
 *
 * @param copierId the same for as long as it is installed on this host for this purpose
 * @param incarnation new with every start of the process
 * @param pool name of the pool
 * @param instanceIds in the order of the replicas
 * @param leaseEpochs epoch of the lease of each; empty without ZooKeeper
 */
public record CopierIdentity(
        String copierId, long incarnation, String pool, List<Integer> instanceIds, List<Long> leaseEpochs) {
    /** Version of the protocol this copier speaks. */
    static final int PROTOCOL = 1;

    public CopierIdentity {
        instanceIds = List.copyOf(instanceIds);
        leaseEpochs = List.copyOf(leaseEpochs);
    }

    /** Somebody whose instance IDs are not leased. */
    public CopierIdentity(String copierId, long incarnation, String pool, List<Integer> instanceIds) {
        this(copierId, incarnation, pool, instanceIds, List.of());
    }

    Hello hello(int connection) {
        return Hello.newBuilder()
                .setCopierId(copierId)
                .setIncarnation(incarnation)
                .setPool(pool)
                .addAllInstanceIds(instanceIds)
                .addAllLeaseEpochs(leaseEpochs)
                .setProtocol(PROTOCOL)
                .setConnection(connection)
                .build();
    }
}
