// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

import drcopy.coordinator.pool.ProcessMark;
import java.util.function.Predicate;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;

/**
 * An ephemeral znode that this process keeps, seen by the session that owns it: Curator's recipes adopt a node of a dead session,
 * which ZooKeeper then deletes. Not thread safe; calls block.
 */
final class OwnNode {
    private final ZooKeeperClient client;
    private final String path;
    private final Runnable onEvent;
    private final Predicate<byte[]> isOurs;
    private long owner;
    private long epoch;

    /** How a node stands. */
    enum Standing {
        /** This session owns it, as before. */
        KEPT,
        /** It was not there, or belonged to a former session or a dead process of ours, and is this session's now. */
        CREATED,
        /** This session had it, and somebody deleted it. */
        DELETED,
        /** Somebody else has it. */
        FOREIGN
    }

    /**
     * A node not yet looked for.
     *
     * @param isOurs whether a node of another session with this value was left by this process or a dead one of this host
     * @param onEvent told on Curator's thread that the node changed
     */
    OwnNode(ZooKeeperClient client, String path, Predicate<byte[]> isOurs, Runnable onEvent) {
        this.client = client;
        this.path = path;
        this.isOurs = isOurs;
        this.onEvent = onEvent;
    }

    /** {@code isOurs} for nodes with a {@link ProcessMark}. */
    static boolean isLeftBy(ProcessMark writer, ProcessMark self) {
        return writer != null && (writer.equals(self) || writer.isDead(self.host()));
    }

    /** czxid of the node as last seen. */
    long epoch() {
        return epoch;
    }

    /** Looks at the node and creates it where that is right. */
    Standing claim(byte[] value) {
        return ZooKeeperClient.call("announce " + path, () -> look(value));
    }

    private Standing look(byte[] value) throws Exception {
        long session = client.sessionId();
        Stat stat = watch();
        if (stat == null) {
            boolean wasOurs = owner == session;
            owner = 0;
            return wasOurs ? Standing.DELETED : create(value);
        }
        if (stat.getEphemeralOwner() == session) {
            boolean isKept = owner == session;
            note(stat);
            return isKept ? Standing.KEPT : Standing.CREATED;
        }
        return takeOver(value);
    }

    private Standing create(byte[] value) throws Exception {
        try {
            client.curator()
                    .create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(path, value);
        } catch (NodeExistsException e) {
            return look(value);
        }
        return confirm();
    }

    private Standing takeOver(byte[] value) throws Exception {
        CuratorFramework curator = client.curator();
        Stat stat = new Stat();
        try {
            if (!isOurs.test(curator.getData().storingStatIn(stat).forPath(path))) {
                owner = 0;
                return Standing.FOREIGN;
            }
            curator.transaction()
                    .forOperations(
                            curator.transactionOp()
                                    .delete()
                                    .withVersion(stat.getVersion())
                                    .forPath(path),
                            curator.transactionOp()
                                    .create()
                                    .withMode(CreateMode.EPHEMERAL)
                                    .forPath(path, value));
        } catch (NoNodeException e) {
            return create(value);
        }
        return confirm();
    }

    /** What was just created, with its epoch. */
    private Standing confirm() throws Exception {
        Stat stat = watch();
        if (stat == null || stat.getEphemeralOwner() != client.sessionId()) {
            return Standing.FOREIGN;
        }
        note(stat);
        return Standing.CREATED;
    }

    private Stat watch() throws Exception {
        return client.curator()
                .checkExists()
                .usingWatcher((org.apache.zookeeper.Watcher) event -> onEvent.run())
                .forPath(path);
    }

    private void note(Stat stat) {
        owner = stat.getEphemeralOwner();
        epoch = stat.getCzxid();
    }

    /** Replaces the value, if the node is ours. */
    void rewrite(byte[] value) {
        if (owner != 0) {
            ZooKeeperClient.call(
                    "write " + path, () -> client.curator().setData().forPath(path, value));
        }
    }

    /** Deletes it, if it is this session's. */
    void release() {
        ZooKeeperClient.call("delete " + path, () -> {
            Stat stat = client.curator().checkExists().forPath(path);
            if (stat != null && stat.getEphemeralOwner() == client.sessionId()) {
                client.curator().delete().guaranteed().forPath(path);
            }
            owner = 0;
            return stat;
        });
    }
}
