// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import drcopy.agent.ConfigException;
import drcopy.agent.HostName;
import drcopy.agent.HostPort;
import drcopy.agent.Metrics;
import drcopy.agent.Shutdown;
import drcopy.agent.Version;
import drcopy.coordinator.member.CopierMembership;
import drcopy.coordinator.member.OwnAddress;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.Lease;
import drcopy.coordinator.pool.PoolJson;
import drcopy.coordinator.pool.ProcessMark;
import drcopy.copier.capture.Sample;
import drcopy.copier.config.Coordination;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.response.ClusterView;
import drcopy.copier.response.CopierIdentity;
import drcopy.copier.response.InterceptorSets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the pool means for this copier: its interceptors are connected to beside those of the command line, new sessions use the leased
 * instance IDs, control is obeyed. The {@code cluster} thread calls it, but for what says otherwise.
 */
final class PoolMember implements CopierMembership.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolMember.class);
    private static final long FIRST_WAIT_MS = 10_000;

    private final CopierConfig config;
    private final Coordination coordination;
    private final Parts parts;
    private final CopierMembership membership;
    private volatile CopierIdentity identity;
    private volatile List<HostPort> discovered = List.of();
    private volatile boolean isPaused;

    /**
     * What the pool moves.
     *
     * @param identity who this copier is without the pool
     * @param instances takes the IDs of new sessions; any thread
     * @param pause pauses or resumes all mirroring; any thread
     */
    record Parts(
            CopierIdentity identity,
            InterceptorSets interceptors,
            Sample sample,
            Consumer<int[]> instances,
            Consumer<Boolean> pause) {}

    /** Begins to join; {@link #awaitFirst} tells the outcome. */
    PoolMember(CopierConfig config, Coordination coordination, Optional<HostPort> metrics, Parts parts) {
        this.config = config;
        this.coordination = coordination;
        this.parts = parts;
        identity = parts.identity();
        parts.instances().accept(new int[0]);
        String own = HostName.get();
        CopierNode node = new CopierNode(
                PoolJson.SCHEMA,
                Identity.nameInPool(config),
                own,
                config.transfers().toString(),
                List.of(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Version.version(),
                metrics.map(this::reachable).orElse(null),
                ProcessMark.ofThis(own));
        membership = CopierMembership.join(
                coordination.address(), node, coordination.leases(), parts.interceptors()::isUp, this);
    }

    private String reachable(HostPort listen) {
        HostPort zookeeper = coordination.address().servers().get(0);
        return OwnAddress.orHost(listen, OwnAddress.toward(zookeeper)).toString();
    }

    /**
     * Gives the pool a moment to grant instance IDs. Without an answer the copier goes on, and mirrors when it has come. The command's
     * thread.
     *
     * @throws ConfigException when the pool refuses
     */
    void awaitFirst() throws InterruptedException {
        if (!membership.await(FIRST_WAIT_MS) && !Shutdown.isRequested()) {
            LOG.warn(
                    "no answer from ZooKeeper {} yet; mirroring begins when it grants instance IDs",
                    coordination.address());
        }
    }

    /** Interceptors of the command line and of the pool. Any thread. */
    List<HostPort> interceptors() {
        List<HostPort> all = new ArrayList<>(config.interceptors().servers());
        discovered.stream().filter(member -> !all.contains(member)).forEach(all::add);
        return all;
    }

    @Override
    public void onInterceptors(List<HostPort> interceptors) {
        discovered = List.copyOf(interceptors);
        parts.interceptors().update(new ClusterView(interceptors()));
    }

    @Override
    public void onLeases(String copierId, List<Lease> leases) {
        CopierIdentity before = identity;
        identity = Identity.leased(before, coordination.address().pool(), copierId, leases);
        parts.interceptors().identify(identity);
        if (!identity.instanceIds().equals(before.instanceIds())
                || !identity.copierId().equals(before.copierId())) {
            parts.interceptors().sayHelloAgain();
            parts.instances().accept(leases.stream().mapToInt(Lease::id).toArray());
        }
    }

    @Override
    public void onLeasesUnknown() {
        parts.interceptors().sayHelloAgain();
    }

    @Override
    public void onControl(Control control) {
        parts.sample().setPercent(control.ratio() == null ? config.ratioPercent() : control.ratio());
        if (control.paused() != isPaused) {
            isPaused = control.paused();
            parts.pause().accept(isPaused);
        }
    }

    /** An interceptor has seen a newer lease of this ID. Any thread. */
    void superseded(int id, long epoch) {
        membership.superseded(id, epoch);
    }

    /** Why there is nothing to mirror now; null when that is not the pool's doing. Any thread. */
    String objection() {
        if (isPaused) {
            return null;
        }
        return identity.leaseEpochs().isEmpty() ? "no instance ID is leased" : null;
    }

    /** Any thread. */
    boolean isPaused() {
        return isPaused;
    }

    void register(Metrics metrics) {
        metrics.gauge("zookeeper_connected", "1 while ZooKeeper answers.", () -> membership.isConnected() ? 1 : 0);
        metrics.gauge("paused", "1 while the pool is paused.", () -> isPaused ? 1 : 0);
        metrics.gauge("instance_ids_leased", "Instance IDs that new sessions use.", () -> identity.leaseEpochs()
                .size());
    }

    @Override
    public void close() {
        membership.close();
    }
}
