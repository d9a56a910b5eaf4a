// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.pool.Lease;
import drcopy.coordinator.pool.LeaseNode;
import drcopy.coordinator.pool.PoolContents;
import drcopy.coordinator.pool.PoolJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;

/** Reads and changes a pool for its operators. Any thread; calls block and throw {@link AwayException}. */
public final class PoolStore {
    private final ZooKeeperClient client;
    private final PoolPaths paths;

    public PoolStore(ZooKeeperClient client) {
        this(client, client.paths());
    }

    private PoolStore(ZooKeeperClient client, PoolPaths paths) {
        this.client = client;
        this.paths = paths;
    }

    /** The same for another pool. */
    public PoolStore forPool(String name) {
        return new PoolStore(client, new PoolPaths(paths.root(), name));
    }

    /** Names of all pools, sorted. */
    public List<String> pools() {
        return children(paths.pools()).stream().sorted().toList();
    }

    /** Everything there is now. */
    public PoolContents contents() {
        List<InterceptorNode> interceptors = new ArrayList<>();
        for (String address : children(paths.interceptors()).stream().sorted().toList()) {
            read(paths.interceptor(address), new Stat(), InterceptorNode.class).ifPresent(interceptors::add);
        }
        List<CopierNode> copiers = new ArrayList<>();
        for (String id : children(paths.copiers()).stream().sorted().toList()) {
            read(paths.copier(id), new Stat(), CopierNode.class).ifPresent(copiers::add);
        }
        return new PoolContents(paths.pool(), interceptors, copiers, leases(), control());
    }

    /** All leases, by number. */
    public List<PoolContents.HeldId> leases() {
        List<PoolContents.HeldId> held = new ArrayList<>();
        for (String child : children(paths.ids())) {
            int id = idOf(child);
            Stat stat = new Stat();
            if (id >= 0) {
                read(paths.id(id), stat, LeaseNode.class)
                        .ifPresent(node -> held.add(new PoolContents.HeldId(new Lease(id, stat.getCzxid()), node)));
            }
        }
        held.sort(Comparator.comparingInt(each -> each.lease().id()));
        return held;
    }

    /** An instance ID's number; -1 for a name that is none. */
    static int idOf(String name) {
        if (name.isEmpty() || name.length() > 4 || !name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int id = Integer.parseInt(name);
        return id < Lease.IDS ? id : -1;
    }

    /** What copiers are told. */
    public Control control() {
        return read(paths.control(), new Stat(), Control.class).orElse(Control.NONE);
    }

    /** Changes what copiers are told, and returns what it is then. */
    public Control change(UnaryOperator<Control> change) {
        return ZooKeeperClient.call("write " + paths.control(), () -> {
            while (true) {
                Stat stat = new Stat();
                Optional<Control> before = read(paths.control(), stat, Control.class);
                Control after = change.apply(before.orElse(Control.NONE));
                if (write(after, stat)) {
                    return after;
                }
            }
        });
    }

    private boolean write(Control control, Stat stat) throws Exception {
        byte[] bytes = PoolJson.bytes(control);
        try {
            if (stat.getCzxid() == 0) {
                client.curator().create().creatingParentsIfNeeded().forPath(paths.control(), bytes);
            } else {
                client.curator().setData().withVersion(stat.getVersion()).forPath(paths.control(), bytes);
            }
            return true;
        } catch (NodeExistsException | BadVersionException | NoNodeException e) {
            return false; // somebody else was faster: read again
        }
    }

    /** Takes an ID from its holder; empty when nobody had it. */
    public Optional<LeaseNode> free(int id) {
        Optional<LeaseNode> holder = read(paths.id(id), new Stat(), LeaseNode.class);
        ZooKeeperClient.call("delete " + paths.id(id), () -> {
            try {
                client.curator().delete().forPath(paths.id(id));
            } catch (NoNodeException e) {
                return false;
            }
            return true;
        });
        return holder;
    }

    private List<String> children(String path) {
        return ZooKeeperClient.call("read " + path, () -> {
            try {
                return client.curator().getChildren().forPath(path);
            } catch (NoNodeException e) {
                return List.of();
            }
        });
    }

    private <T> Optional<T> read(String path, Stat stat, Class<T> type) {
        return ZooKeeperClient.call("read " + path, () -> {
            try {
                return PoolJson.read(
                        client.curator().getData().storingStatIn(stat).forPath(path), type);
            } catch (NoNodeException e) {
                return Optional.empty();
            }
        });
    }
}
