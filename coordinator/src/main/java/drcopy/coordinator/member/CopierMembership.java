// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import drcopy.agent.ConfigException;
import drcopy.agent.HostPort;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.InterceptorGrace;
import drcopy.coordinator.pool.Lease;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.coordinator.zk.CopierName;
import drcopy.coordinator.zk.IdLeases;
import drcopy.coordinator.zk.PoolWatch;
import drcopy.coordinator.zk.ZooKeeperClient;
import drcopy.coordinator.zk.ZooKeeperClient.ConnectionChange;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copier's place in the pool: its name and its instance IDs, and what it hears of interceptors and of control. While ZooKeeper is away
 * everything stays as it was. Its methods are for any thread; it calls its {@link Listener} on its own.
 */
public final class CopierMembership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopierMembership.class);
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(30);

    private final PoolAddress address;
    private final LeaseRequest request;
    private final Predicate<HostPort> isUp;
    private final Listener listener;
    private final CopierNode profile;
    private final KeepingThread thread = new KeepingThread(this::round);
    private final InterceptorGrace grace = new InterceptorGrace(GRACE_NS);
    private final CountDownLatch settled = new CountDownLatch(1);
    private final ZooKeeperClient client;
    private final CopierName name;
    private final IdLeases leases;
    private final PoolWatch watch;
    private List<HostPort> toldInterceptors = List.of();
    private volatile List<Lease> toldLeases = List.of();
    private String toldName;
    private Control toldControl = Control.NONE;
    private volatile String refusal;

    /** Hears what changes. Called by the {@code cluster} thread, and of leases also within {@link #superseded}; must not block. */
    public interface Listener {
        /** The interceptors to be connected to. */
        void onInterceptors(List<HostPort> interceptors);

        /** The instance IDs that new sessions use, with their epochs, in the order of the replicas; under this name. */
        void onLeases(String copierId, List<Lease> leases);

        /** An interceptor knows older leases than {@link #onLeases} told: it has to hear of them. */
        void onLeasesUnknown();

        /** What an operator wants of the pool's copiers. */
        void onControl(Control control);
    }

    private CopierMembership(
            PoolAddress address,
            CopierNode profile,
            LeaseRequest request,
            Predicate<HostPort> isUp,
            Listener listener) {
        this.address = address;
        this.request = request;
        this.isUp = isUp;
        this.listener = listener;
        this.profile = profile;
        client = ZooKeeperClient.open(address, change -> {
            ConnectionLog.say(address, change);
            thread.wake();
        });
        name = new CopierName(client, profile, thread::wake);
        toldName = name.name();
        leases = new IdLeases(client, request, profile.process(), name::name, thread::wake);
        watch = new PoolWatch(client, thread::wake);
    }

    /**
     * Begins to join; does not wait.
     *
     * @param profile who the copier is; without instance IDs
     * @param isUp whether an interceptor's stream is up; any thread, must not block
     */
    public static CopierMembership join(
            PoolAddress address,
            CopierNode profile,
            LeaseRequest request,
            Predicate<HostPort> isUp,
            Listener listener) {
        CopierMembership membership = new CopierMembership(address, profile, request, isUp, listener);
        membership.thread.start();
        return membership;
    }

    /**
     * Waits until ZooKeeper has granted the instance IDs and told the pool's interceptors.
     *
     * @return false when it did not answer in time; the IDs come when it does
     * @throws ConfigException when it refused: who holds what was asked for
     */
    public boolean await(long ms) throws InterruptedException {
        boolean isSettled = settled.await(ms, TimeUnit.MILLISECONDS);
        if (refusal != null) {
            throw new ConfigException(
                    request.exactly().isEmpty() ? "--replicas" : "--instance",
                    request.exactly().isEmpty()
                            ? request.count()
                            : request.exactly().get(0),
                    refusal);
        }
        return isSettled;
    }

    /** Whether ZooKeeper answers now. */
    public boolean isConnected() {
        return client.state() == ConnectionChange.CONNECTED;
    }

    /**
     * An interceptor says that it has seen this newer epoch of an ID. The listener is told before this returns, also while ZooKeeper is
     * away: nothing new may be opened on an ID that is somebody else's.
     */
    public void superseded(int id, long epoch) {
        switch (leases.superseded(id, epoch, System.nanoTime())) {
            case TELL_AGAIN -> {
                tellLeases();
                listener.onLeasesUnknown();
            }
            case LOST -> {
                tellLeases();
                thread.execute(() -> leases.release(id));
                thread.wake();
            }
            case IGNORE -> {}
        }
    }

    private void round() {
        long nowNs = System.nanoTime();
        if (!isConnected()) {
            tellInterceptors(grace.unknown(nowNs));
            return;
        }
        if (watch.isComplete()) {
            tellInterceptors(grace.members(watch.interceptors(), isUp, nowNs));
        }
        watch.control().ifPresent(this::tellControl);
        name.keep(profile.with(ids(toldLeases)));
        leases.keep(nowNs);
        if (settled.getCount() > 0) {
            settle();
        }
        tellLeases();
    }

    private void settle() {
        if (leases.missing() > 0) {
            refusal = refusal();
            settled.countDown();
        } else if (watch.isComplete()) {
            tellLeases();
            settled.countDown();
        }
    }

    private String refusal() {
        if (request.exactly().isEmpty()) {
            return "must find as many free instance IDs in pool " + address.pool() + ", and of its " + Lease.IDS
                    + " only " + leases.inUse().size() + (leases.inUse().size() == 1 ? " is" : " are") + " free";
        }
        String holders = String.join(
                ", ",
                leases.holders().stream()
                        .filter(held -> request.exactly().contains(held.lease().id()))
                        .filter(held -> !held.node().process().equals(profile.process()))
                        .map(held -> "ID " + held.lease().id() + " is held by copier "
                                + held.node().holder() + " on host "
                                + held.node().process().host() + " since "
                                + held.node().since())
                        .toList());
        return "must be free in pool " + address.pool() + ", and " + holders;
    }

    private void tellInterceptors(List<HostPort> interceptors) {
        if (!interceptors.equals(toldInterceptors)) {
            LOG.info("interceptors of pool {}: {}", address.pool(), interceptors);
            toldInterceptors = interceptors;
            listener.onInterceptors(interceptors);
        }
    }

    private void tellControl(Control control) {
        if (!control.equals(toldControl)) {
            LOG.info(
                    "pool {}: {}, ratio {}, says {}{}",
                    address.pool(),
                    control.paused() ? "paused" : "not paused",
                    control.ratio() == null ? "as configured" : control.ratio() + " %",
                    control.by(),
                    control.reason() == null ? "" : ": " + control.reason());
            toldControl = control;
            listener.onControl(control);
        }
    }

    private synchronized void tellLeases() {
        List<Lease> now = leases.inUse();
        if (!now.equals(toldLeases) || !name.name().equals(toldName)) {
            boolean sameIds = ids(now).equals(ids(toldLeases));
            toldLeases = now;
            toldName = name.name();
            listener.onLeases(name.name(), now);
            if (!sameIds) {
                thread.wake();
            }
        }
    }

    private static List<Integer> ids(List<Lease> leases) {
        return leases.stream().map(Lease::id).toList();
    }

    /** Leaves the pool at once, if ZooKeeper can be told. */
    @Override
    public void close() {
        thread.close();
        watch.close();
        client.close();
    }
}
