// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import drcopy.agent.HostName;
import drcopy.agent.HostPort;
import drcopy.agent.Version;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.member.InterceptorMembership;
import drcopy.coordinator.member.OwnAddress;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.pool.PoolJson;
import drcopy.coordinator.pool.ProcessMark;
import drcopy.interceptor.config.InterceptorConfig;
import drcopy.interceptor.config.Service;
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** This interceptor's place in its pool. The command's thread. */
final class Membership implements AutoCloseable {
    private final PoolAddress pool;
    private final Optional<HostPort> advertised;
    private InterceptorMembership joined;

    Membership(PoolAddress pool, Optional<HostPort> advertised) {
        this.pool = pool;
        this.advertised = advertised;
    }

    /** Begins to announce it; does not wait for ZooKeeper. */
    void join(InterceptorConfig config, Optional<HostPort> metrics) {
        HostPort address = advertised.orElseGet(() -> reachedAt(config));
        List<String> diverted = config.isCapture()
                ? List.of(config.filter())
                : config.divert().stream().map(Service::toString).toList();
        InterceptorNode node = new InterceptorNode(
                PoolJson.SCHEMA,
                address.toString(),
                diverted,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Version.version(),
                metrics.map(at -> OwnAddress.orHost(at, address.host()).toString())
                        .orElse(null),
                ProcessMark.ofThis(HostName.get()));
        joined = InterceptorMembership.join(pool, node);
    }

    private HostPort reachedAt(InterceptorConfig config) {
        InetAddress bound = config.listen().getAddress();
        String host =
                bound.isAnyLocalAddress() ? OwnAddress.toward(pool.servers().get(0)) : bound.getHostAddress();
        return new HostPort(host, config.listen().getPort());
    }

    @Override
    public void close() {
        if (joined != null) {
            joined.close();
        }
    }
}
