// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.PoolJson;

/**
 * Keeps the znode that says that a copier is there, under a name that is nobody else's: a second copier of the same host and purpose
 * gets a number at its end, and so does one whose name was taken while it was away. Owned by one thread; calls block.
 */
public final class CopierName {
    private static final int MOST = 1024;

    private final ZooKeeperClient client;
    private final Runnable onEvent;
    private final String wanted;
    private CopierNode copier;
    private OwnNode node;
    private String written = "";

    public CopierName(ZooKeeperClient client, CopierNode copier, Runnable onEvent) {
        this.client = client;
        this.copier = copier;
        this.wanted = copier.id();
        this.onEvent = onEvent;
    }

    /** The name, once {@link #keep} has run: the wanted one before. */
    public String name() {
        return copier.id();
    }

    /** Looks after the node. */
    public void keep(CopierNode current) {
        copier = current.named(copier.id());
        for (int i = 2; claim() == OwnNode.Standing.FOREIGN && i <= MOST; i++) {
            copier = copier.named(wanted + "-" + i);
            node = null;
        }
    }

    private OwnNode.Standing claim() {
        if (node == null) {
            node = new OwnNode(client, client.paths().copier(copier.id()), this::isOurs, onEvent);
        }
        String value = PoolJson.text(copier);
        byte[] bytes = PoolJson.bytes(copier);
        OwnNode.Standing standing = node.claim(bytes);
        if (standing == OwnNode.Standing.DELETED) {
            standing = node.claim(bytes);
        }
        if (standing == OwnNode.Standing.KEPT && !value.equals(written)) {
            node.rewrite(bytes);
        }
        if (standing != OwnNode.Standing.FOREIGN) {
            written = value;
        }
        return standing;
    }

    private boolean isOurs(byte[] value) {
        return PoolJson.read(value, CopierNode.class)
                .filter(other -> OwnNode.isLeftBy(other.process(), copier.process()))
                .isPresent();
    }
}
