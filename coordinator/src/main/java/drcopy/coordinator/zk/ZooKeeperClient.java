// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.zk;

import drcopy.agent.ConfigException;
import drcopy.coordinator.config.PoolAddress;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/** A connection to ZooKeeper that is kept up for ever. Any thread. */
public final class ZooKeeperClient implements AutoCloseable {
    /** How long ZooKeeper keeps what a dead process announced, and how long one may be cut off and keep it. */
    public static final int SESSION_TIMEOUT_MS = 10_000;

    private static final int CONNECT_TIMEOUT_MS = 3_000;
    private static final int RETRY_MS = 200;
    private static final int CLOSE_WAIT_MS = 500;

    private final CuratorFramework curator;
    private final PoolPaths paths;
    private volatile ConnectionChange state = ConnectionChange.LOST;

    /** What became of the connection. */
    public enum ConnectionChange {
        /** There is a session. */
        CONNECTED,
        /** Nobody answers; the session may still be alive. */
        SUSPENDED,
        /** The session is over, as far as this side knows. */
        LOST
    }

    private ZooKeeperClient(CuratorFramework curator, PoolPaths paths) {
        this.curator = curator;
        this.paths = paths;
    }

    /**
     * Begins to connect.
     *
     * @param onChange told by Curator's thread; must not block
     */
    public static ZooKeeperClient open(PoolAddress address, Consumer<ConnectionChange> onChange) {
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(address.connectString())
                .sessionTimeoutMs(SESSION_TIMEOUT_MS)
                .connectionTimeoutMs(CONNECT_TIMEOUT_MS)
                .maxCloseWaitMs(CLOSE_WAIT_MS)
                .retryPolicy(new RetryOneTime(RETRY_MS))
                .zkClientConfig(settings(address));
        if (address.digest() != null) {
            builder.authorization("digest", address.digest().getBytes(StandardCharsets.UTF_8))
                    .aclProvider(new OwnersWrite(address.digest()));
        }
        ZooKeeperClient client = new ZooKeeperClient(builder.build(), PoolPaths.of(address));
        client.curator.getConnectionStateListenable().addListener((framework, change) -> {
            client.state = toChange(change);
            onChange.accept(client.state);
        });
        client.curator.start();
        return client;
    }

    /** SASL only where the settings ask for it: before it connects, it asks a name server, which may be as far away as ZooKeeper. */
    private static ZKClientConfig settings(PoolAddress address) {
        ZKClientConfig settings = given(address);
        if (settings.getProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY) == null) {
            settings.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        }
        return settings;
    }

    private static ZKClientConfig given(PoolAddress address) {
        if (address.clientConfig() == null) {
            return new ZKClientConfig();
        }
        try {
            return new ZKClientConfig(address.clientConfig());
        } catch (org.apache.zookeeper.common.ConfigException e) {
            throw new ConfigException(
                    "--zk-config", address.clientConfig(), "must hold lines of key=value: " + e.getMessage());
        }
    }

    private static ConnectionChange toChange(ConnectionState change) {
        return switch (change) {
            case CONNECTED, RECONNECTED, READ_ONLY -> ConnectionChange.CONNECTED;
            case SUSPENDED -> ConnectionChange.SUSPENDED;
            case LOST -> ConnectionChange.LOST;
        };
    }

    /** As of the last change. */
    public ConnectionChange state() {
        return state;
    }

    /** Waits for ZooKeeper; false when it did not come in time. */
    public boolean awaitConnected(int seconds) {
        try {
            return curator.blockUntilConnected(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    CuratorFramework curator() {
        return curator;
    }

    PoolPaths paths() {
        return paths;
    }

    /** The session that owns what is created now. */
    long sessionId() {
        return call(
                "ask for the session",
                () -> curator.getZookeeperClient().getZooKeeper().getSessionId());
    }

    /** Something that may throw what ZooKeeper throws. */
    interface Request<T> {
        T send() throws Exception;
    }

    /**
     * Sends a request.
     *
     * @param what for the message, an infinitive
     * @throws AwayException when it fails
     */
    static <T> T call(String what, Request<T> request) {
        try {
            return request.send();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwayException("interrupted", e);
        } catch (Exception e) {
            throw new AwayException("could not " + what + ": " + e.getMessage(), e);
        }
    }

    /** Ends the session: what it announced is gone at once. */
    @Override
    public void close() {
        curator.close();
    }

    /** Everybody may look, the user may write. A client's certificate is no user: hosts may share one. */
    private static final class OwnersWrite implements ACLProvider {
        private final List<ACL> acls;

        OwnersWrite(String userAndPassword) {
            // Not List.of: ZooKeeper's client asks whether it contains null.
            acls = Arrays.asList(
                    new ACL(ZooDefs.Perms.ALL, new Id("digest", hashed(userAndPassword))),
                    new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE));
        }

        private static String hashed(String userAndPassword) {
            try {
                return DigestAuthenticationProvider.generateDigest(userAndPassword);
            } catch (NoSuchAlgorithmException e) {
                throw new ConfigException("--zk-auth", null, "needs what this JVM does not have: " + e.getMessage());
            }
        }

        @Override
        public List<ACL> getDefaultAcl() {
            return acls;
        }

        @Override
        public List<ACL> getAclForPath(String path) {
            return acls;
        }
    }
}
