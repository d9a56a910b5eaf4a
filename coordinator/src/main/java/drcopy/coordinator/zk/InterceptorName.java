// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

import drcopy.agent.EverySeconds;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.pool.PoolJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the znode that says where an interceptor is. The first claim takes the address over from whoever had it, for nobody else can
 * listen there. Owned by one thread; calls block.
 */
public final class InterceptorName {
    private static final Logger LOG = LoggerFactory.getLogger(InterceptorName.class);

    private final EverySeconds complaints = new EverySeconds(60);
    private final InterceptorNode interceptor;
    private final OwnNode node;
    private boolean isAnnounced;

    public InterceptorName(ZooKeeperClient client, InterceptorNode interceptor, Runnable onEvent) {
        this.interceptor = interceptor;
        node = new OwnNode(client, client.paths().interceptor(interceptor.address()), this::isOurs, onEvent);
    }

    private boolean isOurs(byte[] value) {
        return !isAnnounced
                || PoolJson.read(value, InterceptorNode.class)
                        .filter(other -> OwnNode.isLeftBy(other.process(), interceptor.process()))
                        .isPresent();
    }

    /** Looks after the node. */
    public void keep(long nowNs) {
        byte[] value = PoolJson.bytes(interceptor);
        OwnNode.Standing standing = node.claim(value);
        if (standing == OwnNode.Standing.DELETED) {
            LOG.warn("the membership of {} was deleted; it is announced again", interceptor.address());
            standing = node.claim(value);
        }
        switch (standing) {
            case KEPT, DELETED -> {}
            case CREATED -> {
                isAnnounced = true;
                LOG.info("announced as {}", interceptor.address());
            }
            case FOREIGN -> complaints.warn(
                    LOG,
                    nowNs,
                    "another interceptor is announced as {}: --advertise must be its own",
                    interceptor.address());
        }
    }
}
