// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.zk.ZooKeeperClient.ConnectionChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what became of the connection to ZooKeeper, and what that means. Curator's thread. */
final class ConnectionLog {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLog.class);

    private ConnectionLog() {}

    static void say(PoolAddress address, ConnectionChange change) {
        switch (change) {
            case CONNECTED -> LOG.info("ZooKeeper {} is there", address);
            case SUSPENDED -> LOG.warn("ZooKeeper {} does not answer; all goes on as it was", address);
            case LOST -> LOG.warn(
                    "the session with ZooKeeper {} is over; all goes on as it was, and is announced again", address);
        }
    }
}
