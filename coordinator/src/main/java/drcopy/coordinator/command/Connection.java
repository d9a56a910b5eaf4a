// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.Logs;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.config.PoolOptions;
import drcopy.coordinator.zk.PoolStore;
import drcopy.coordinator.zk.ZooKeeperClient;

/** A command's connection to its pool. One thread. */
final class Connection implements AutoCloseable {
    static final String DEFAULT_ZOOKEEPER = "127.0.0.1:2181";
    private static final int SECONDS = 5;

    private final PoolAddress address;
    private final ZooKeeperClient client;

    private Connection(PoolAddress address, ZooKeeperClient client) {
        this.address = address;
        this.client = client;
    }

    /**
     * Connects, quietly.
     *
     * @throws IllegalStateException when nobody answers within a few seconds
     */
    static Connection open(PoolOptions options) {
        PoolAddress address = options.addressOr(DEFAULT_ZOOKEEPER);
        Logs.toNowhere();
        ZooKeeperClient client = ZooKeeperClient.open(address, change -> {});
        if (!client.awaitConnected(SECONDS)) {
            client.close();
            throw new IllegalStateException(
                    "ZooKeeper at " + address.connectString() + " does not answer within " + SECONDS + " s");
        }
        return new Connection(address, client);
    }

    String pool() {
        return address.pool();
    }

    ZooKeeperClient client() {
        return client;
    }

    PoolStore store() {
        return new PoolStore(client);
    }

    @Override
    public void close() {
        client.close();
    }
}
