// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.recipes.cache.CuratorCache;

/** Tells one waiting thread that something in a pool changed, whatever it is. */
public final class PoolChanges implements AutoCloseable {
    private static final long CALM_MS = 200;

    private final Semaphore changes = new Semaphore(0);
    private final CuratorCache cache;

    /** Begins to watch; what is there already counts as a change. */
    public PoolChanges(ZooKeeperClient client) {
        cache = CuratorCache.build(client.curator(), client.paths().base());
        cache.listenable().addListener((type, before, after) -> changes.release());
        cache.start();
    }

    /** Waits for a change, and until those that come together are over; false when none came in time. */
    public boolean await(long ms) throws InterruptedException {
        boolean isChanged = changes.tryAcquire(ms, TimeUnit.MILLISECONDS);
        while (isChanged && changes.tryAcquire(CALM_MS, TimeUnit.MILLISECONDS)) {
            changes.drainPermits();
        }
        return isChanged;
    }

    @Override
    public void close() {
        cache.close();
    }
}
