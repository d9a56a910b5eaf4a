// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.agent.HostName;
import drcopy.coordinator.pool.Lease;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.response.CopierIdentity;
import java.security.SecureRandom;
import java.util.List;

/** Who this process is to the interceptors. */
final class Identity {
    private static final String POOL = "default";

    private Identity() {}

    /** The same copier id for the same host, services and instances, so that a restart replaces the routes of the run before. */
    static CopierIdentity of(CopierConfig config) {
        String purpose = config.transfers() + " " + config.instanceIds();
        String copierId =
                HostName.get() + "/" + config.instanceIds().get(0) + "/" + Integer.toHexString(purpose.hashCode());
        return new CopierIdentity(copierId, new SecureRandom().nextLong(), POOL, config.instanceIds());
    }

    /** The same for the same host and services; ZooKeeper tells apart those of which there are more. */
    static String nameInPool(CopierConfig config) {
        return HostName.get() + "-"
                + Integer.toHexString(config.transfers().toString().hashCode());
    }

    /** The same process with leased instance IDs. */
    static CopierIdentity leased(CopierIdentity before, String pool, String copierId, List<Lease> leases) {
        return new CopierIdentity(
                copierId,
                before.incarnation(),
                pool,
                leases.stream().map(Lease::id).toList(),
                leases.stream().map(Lease::epoch).toList());
    }

    /** A name of its own for the preflight, so that a running copier keeps its routes. */
    static CopierIdentity ofCheck() {
        String copierId = HostName.get() + "/check/" + ProcessHandle.current().pid();
        return new CopierIdentity(copierId, new SecureRandom().nextLong(), POOL, List.of());
    }
}
