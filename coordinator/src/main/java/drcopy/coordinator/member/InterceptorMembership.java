// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.zk.InterceptorName;
import drcopy.coordinator.zk.ZooKeeperClient;
import drcopy.coordinator.zk.ZooKeeperClient.ConnectionChange;

/**
 * An interceptor's place in the pool: announced from {@link #join} to {@link #close}, again after each loss of the ZooKeeper session.
 * Any thread.
 */
public final class InterceptorMembership implements AutoCloseable {
    private final ZooKeeperClient client;
    private final InterceptorName name;
    private final KeepingThread thread = new KeepingThread(this::round);

    private InterceptorMembership(PoolAddress address, InterceptorNode node) {
        client = ZooKeeperClient.open(address, change -> {
            ConnectionLog.say(address, change);
            thread.wake();
        });
        name = new InterceptorName(client, node, thread::wake);
    }

    /** Begins to announce the interceptor; does not wait. */
    public static InterceptorMembership join(PoolAddress address, InterceptorNode node) {
        InterceptorMembership membership = new InterceptorMembership(address, node);
        membership.thread.start();
        return membership;
    }

    private void round() {
        if (isConnected()) {
            name.keep(System.nanoTime());
        }
    }

    /** Whether ZooKeeper answers now. */
    public boolean isConnected() {
        return client.state() == ConnectionChange.CONNECTED;
    }

    /** Leaves the pool at once, if ZooKeeper can be told. */
    @Override
    public void close() {
        thread.close();
        client.close();
    }
}
