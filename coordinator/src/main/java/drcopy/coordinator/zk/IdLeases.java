// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

import drcopy.coordinator.pool.Lease;
import drcopy.coordinator.pool.LeaseBook;
import drcopy.coordinator.pool.LeaseNode;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.coordinator.pool.PoolContents.HeldId;
import drcopy.coordinator.pool.PoolJson;
import drcopy.coordinator.pool.ProcessMark;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out in ZooKeeper what a {@link LeaseBook} decides: the create of {@code ids/N} is the lease, its czxid the epoch. Owned by one
 * thread, but for what says otherwise; calls block and throw {@link AwayException}.
 */
public final class IdLeases {
    private static final Logger LOG = LoggerFactory.getLogger(IdLeases.class);

    private final ZooKeeperClient client;
    private final ProcessMark self;
    private final Supplier<String> holder;
    private final Runnable onEvent;
    private final PoolStore store;
    private final LeaseBook book;
    private final Map<Integer, OwnNode> nodes = new HashMap<>();

    /**
     * Nothing is asked for yet.
     *
     * @param holder the copier's id
     * @param onEvent told on Curator's thread that a lease changed
     */
    public IdLeases(
            ZooKeeperClient client, LeaseRequest request, ProcessMark self, Supplier<String> holder, Runnable onEvent) {
        this.client = client;
        this.self = self;
        this.holder = holder;
        this.onEvent = onEvent;
        this.store = new PoolStore(client);
        this.book = new LeaseBook(request);
    }

    /** Looks after the leases there are, and takes what is missing as far as it is free. */
    public void keep(long nowNs) {
        for (Lease lease : book.inUse()) {
            keep(lease.id(), nowNs);
        }
        Set<Integer> taken = book.missing() == 0 ? Set.of() : taken();
        for (OptionalInt next = book.next(taken, nowNs); next.isPresent(); next = book.next(taken, nowNs)) {
            if (!take(next.getAsInt())) {
                taken.add(next.getAsInt());
            }
        }
    }

    private void keep(int id, long nowNs) {
        OwnNode node = node(id);
        switch (node.claim(value())) {
            case KEPT -> {}
            case CREATED -> {
                LOG.info("instance ID {} is leased again, epoch {}", id, node.epoch());
                book.acquired(new Lease(id, node.epoch()));
            }
            case DELETED -> {
                LOG.warn("the lease of instance ID {} was taken away: nothing new is opened on it", id);
                book.lost(id, nowNs);
            }
            case FOREIGN -> {
                LOG.warn("instance ID {} is another copier's by now: nothing new is opened on it", id);
                book.lost(id, nowNs);
            }
        }
    }

    private boolean take(int id) {
        OwnNode node = node(id);
        switch (node.claim(value())) {
            case KEPT, CREATED -> {
                LOG.info("instance ID {} is leased, epoch {}", id, node.epoch());
                book.acquired(new Lease(id, node.epoch()));
                return true;
            }
            case DELETED, FOREIGN -> {
                return false;
            }
        }
        return false;
    }

    /** IDs that somebody else has; what a dead process of this host left counts as free. */
    private Set<Integer> taken() {
        Set<Integer> taken = new HashSet<>();
        for (HeldId held : store.leases()) {
            if (!OwnNode.isLeftBy(held.node().process(), self)) {
                taken.add(held.lease().id());
            }
        }
        return taken;
    }

    private OwnNode node(int id) {
        return nodes.computeIfAbsent(
                id, key -> new OwnNode(client, client.paths().id(id), this::isOurs, onEvent));
    }

    private boolean isOurs(byte[] value) {
        return PoolJson.read(value, LeaseNode.class)
                .filter(node -> OwnNode.isLeftBy(node.process(), self))
                .isPresent();
    }

    private byte[] value() {
        return PoolJson.bytes(
                new LeaseNode(PoolJson.SCHEMA, holder.get(), Instant.now().toString(), self));
    }

    /** An interceptor has seen a newer lease of an ID. Any thread; asks nobody: ZooKeeper may be away. */
    public LeaseBook.Verdict superseded(int id, long epoch, long nowNs) {
        LeaseBook.Verdict verdict = book.superseded(id, epoch, nowNs);
        if (verdict == LeaseBook.Verdict.LOST) {
            LOG.warn("instance ID {} has a newer lease, epoch {}: nothing new is opened on it", id, epoch);
        }
        return verdict;
    }

    /** Deletes the znode of an ID that is not in use any more, if it is ours. */
    public void release(int id) {
        node(id).release();
    }

    /** How many IDs are missing. */
    public int missing() {
        return book.missing();
    }

    /** What new sessions use. Any thread. */
    public List<Lease> inUse() {
        return book.inUse();
    }

    /** Who has what is wanted, for a person; empty when nobody. */
    public List<HeldId> holders() {
        return store.leases();
    }
}
