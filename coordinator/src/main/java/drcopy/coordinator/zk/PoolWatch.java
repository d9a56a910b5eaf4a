// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

import drcopy.agent.HostPort;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.PoolJson;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;

/** A pool's interceptors and its control, as ZooKeeper last told. Any thread. */
public final class PoolWatch implements AutoCloseable {
    private final PoolPaths paths;
    private final CuratorCache interceptors;
    private final CuratorCache control;
    private volatile boolean isComplete;

    /** @param onEvent told on Curator's thread that something changed */
    public PoolWatch(ZooKeeperClient client, Runnable onEvent) {
        paths = client.paths();
        interceptors = CuratorCache.build(client.curator(), paths.interceptors());
        control = CuratorCache.build(client.curator(), paths.control(), CuratorCache.Options.SINGLE_NODE_CACHE);
        CuratorCacheListener changed = CuratorCacheListener.builder()
                .forAll((type, before, after) -> onEvent.run())
                .build();
        interceptors.listenable().addListener(changed);
        interceptors
                .listenable()
                .addListener(CuratorCacheListener.builder()
                        .forInitialized(() -> {
                            isComplete = true;
                            onEvent.run();
                        })
                        .build());
        control.listenable().addListener(changed);
        interceptors.start();
        control.start();
    }

    /** True once all members were read. */
    public boolean isComplete() {
        return isComplete;
    }

    /** Where the members are; a name that is no address is left out. */
    public Set<HostPort> interceptors() {
        Set<HostPort> found = new LinkedHashSet<>();
        int prefix = paths.interceptors().length() + 1;
        interceptors.stream()
                .map(child -> child.getPath())
                .filter(path -> path.length() > prefix)
                .sorted()
                .forEach(path -> address(path.substring(prefix)).ifPresent(found::add));
        return found;
    }

    /** A member's name as an address; empty when it is none. */
    public static Optional<HostPort> address(String name) {
        try {
            return Optional.of(HostPort.parse(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What copiers are told; empty when nothing is. */
    public Optional<Control> control() {
        return control.get(paths.control()).flatMap(data -> PoolJson.read(data.getData(), Control.class));
    }

    @Override
    public void close() {
        interceptors.close();
        control.close();
    }
}
