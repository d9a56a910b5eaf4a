// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.config;

import drcopy.agent.Check;
import drcopy.agent.ConfigException;
import drcopy.agent.Heading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that say which pool, a picocli mixin. Filled at start, then only read. */
public final class PoolOptions {
    /** The pool unless another is named. */
    public static final String DEFAULT_POOL = "default";

    @Heading("Coordination")
    @Option(
            names = {"-z", "--zookeeper"},
            paramLabel = "HOST[:PORT],...[/PATH]",
            description = "ZooKeeper that keeps the pool (default: none; for coordinator's commands 127.0.0.1:2181)")
    private String zookeeper;

    @Option(names = "--pool", paramLabel = "NAME", description = "name of the pool (default: " + DEFAULT_POOL + ")")
    private String pool;

    @Option(
            names = "--zk-auth",
            paramLabel = "FILE",
            description = "file with USER:PASSWORD for ZooKeeper; znodes are then written by this user only")
    private Path auth;

    @Option(
            names = "--zk-config",
            paramLabel = "FILE",
            description = "settings of ZooKeeper's client, such as zookeeper.client.secure and zookeeper.ssl.*")
    private Path clientConfig;

    /**
     * The pool; empty without {@code -z}.
     *
     * @throws ConfigException when it cannot be
     */
    public Optional<PoolAddress> address() {
        if (zookeeper == null) {
            Check.that(pool == null, "--pool", pool, "must be given together with --zookeeper");
            Check.that(auth == null, "--zk-auth", auth, "must be given together with --zookeeper");
            Check.that(clientConfig == null, "--zk-config", clientConfig, "must be given together with --zookeeper");
            return Optional.empty();
        }
        return Optional.of(parse(zookeeper));
    }

    /** The pool, in this ZooKeeper if no other was named. */
    public PoolAddress addressOr(String defaultZookeeper) {
        return parse(zookeeper == null ? defaultZookeeper : zookeeper);
    }

    private PoolAddress parse(String servers) {
        String name = ConfigException.parse("--pool", pool == null ? DEFAULT_POOL : pool, PoolAddress::poolName);
        Check.that(
                clientConfig == null || Files.isReadable(clientConfig),
                "--zk-config",
                clientConfig,
                "must be a file that can be read");
        return ConfigException.parse("--zookeeper", servers, text -> PoolAddress.parse(text, name))
                .with(digest(), clientConfig);
    }

    private String digest() {
        if (auth == null) {
            return null;
        }
        try {
            String text = Files.readString(auth).strip();
            Check.that(text.indexOf(':') > 0, "--zk-auth", auth, "must hold USER:PASSWORD");
            return text;
        } catch (IOException e) {
            throw new ConfigException("--zk-auth", auth, "must be a file that can be read");
        }
    }
}
