// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.serve;

import drcopy.agent.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ZooKeeper server as this process's own: data on disk, old snapshots purged, no admin server, few four-letter words. Alone or one
 * of an ensemble of such processes. Started and closed by one thread.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);
    private static final int TICK_MS = 2_000;
    private static final int SNAPSHOTS_KEPT = 3;
    private static final int PURGE_HOURS = 1;
    private static final String PEER_PORTS = ":2888:3888";
    private static final String SECURE_PORT = "secureClientPort";
    private static final long CLOSE_MS = TimeUnit.SECONDS.toMillis(4);

    private final AtomicReference<String> failure = new AtomicReference<>();
    private final DatadirCleanupManager purge;
    private final int port;
    private final Member member;
    private final Thread thread;

    /** A server of either kind. */
    private interface Member {
        /** Runs until {@link #end}. */
        void run() throws Exception;

        void end();
    }

    private EmbeddedZooKeeper(QuorumPeerConfig config) {
        port = config.getSecureClientPortAddress() == null
                ? config.getClientPortAddress().getPort()
                : config.getSecureClientPortAddress().getPort();
        purge = new DatadirCleanupManager(config.getDataDir(), config.getDataLogDir(), SNAPSHOTS_KEPT, PURGE_HOURS);
        member = config.isDistributed() ? new Peer(config) : new Alone(config);
        thread = new Thread(this::run, "zookeeper");
        thread.setDaemon(true);
    }

    /**
     * Starts the server; it answers a moment later.
     *
     * @throws ConfigException when data folder, port or peers cannot be
     */
    public static EmbeddedZooKeeper start(ServerConfig config) {
        Properties properties = properties(config);
        if (!properties.containsKey(SECURE_PORT)) {
            refuseTakenPort(config);
        }
        System.setProperty("zookeeper.admin.enableServer", "false");
        System.setProperty("zookeeper.4lw.commands.whitelist", "srvr,mntr,ruok");
        // The log is created at this size and grows by it, in KiB; a pool writes little.
        System.setProperty("zookeeper.preAllocSize", "4096");
        QuorumPeerConfig parsed = new QuorumPeerConfig();
        try {
            parsed.parseProperties(properties);
        } catch (IOException | QuorumPeerConfig.ConfigException | IllegalArgumentException e) {
            throw config.settings() == null
                    ? new ConfigException(
                            "--peers", String.join(",", config.peers()), "must be accepted by ZooKeeper: " + deepest(e))
                    : new ConfigException(
                            "--zk-server-config", config.settings(), "must be accepted by ZooKeeper: " + deepest(e));
        }
        EmbeddedZooKeeper server = new EmbeddedZooKeeper(parsed);
        server.purge.start();
        server.thread.start();
        return server;
    }

    private static String deepest(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    private static Properties properties(ServerConfig config) {
        Properties properties = new Properties();
        if (config.settings() != null) {
            try (InputStream in = Files.newInputStream(config.settings())) {
                properties.load(in);
            } catch (IOException e) {
                throw new ConfigException("--zk-server-config", config.settings(), "must be a file that can be read");
            }
        }
        Path data = config.data().toAbsolutePath().resolve("zookeeper");
        try {
            Files.createDirectories(data);
            if (!config.peers().isEmpty()) {
                Files.writeString(data.resolve("myid"), config.serverId() + "\n");
            }
        } catch (IOException e) {
            throw new ConfigException(
                    "--data", config.data(), "must be a folder that can be written: " + e.getMessage());
        }
        properties.setProperty("dataDir", data.toString());
        properties.setProperty("tickTime", Integer.toString(TICK_MS));
        properties.setProperty("initLimit", "10");
        properties.setProperty("syncLimit", "5");
        properties.putIfAbsent("maxClientCnxns", "1000");
        properties.putIfAbsent("maxCnxns", "10000");
        if (properties.containsKey(SECURE_PORT)) {
            properties.putIfAbsent(
                    "secureClientPortAddress", config.listen().getAddress().getHostAddress());
        } else {
            properties.setProperty(
                    "clientPort", Integer.toString(config.listen().getPort()));
            properties.setProperty(
                    "clientPortAddress", config.listen().getAddress().getHostAddress());
        }
        for (int i = 0; i < config.peers().size(); i++) {
            String peer = config.peers().get(i);
            properties.setProperty("server." + (i + 1), peer.indexOf(':') < 0 ? peer + PEER_PORTS : peer);
        }
        return properties;
    }

    private static void refuseTakenPort(ServerConfig config) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(config.listen());
        } catch (IOException e) {
            throw new ConfigException(
                    "--zk-port",
                    config.listen().getPort(),
                    "must be free to listen on at "
                            + config.listen().getAddress().getHostAddress() + ": " + e.getMessage());
        }
    }

    private void run() {
        try {
            member.run();
        } catch (Exception e) {
            LOG.error("ZooKeeper ended", e);
            failure.set("ZooKeeper ended: " + e);
        }
    }

    /** Where clients connect. */
    public int port() {
        return port;
    }

    /** Why it does not work; null when it does. Any thread. */
    public String failure() {
        return failure.get();
    }

    @Override
    public void close() {
        purge.shutdown();
        member.end();
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Alone extends ZooKeeperServerMain implements Member {
        private final QuorumPeerConfig config;

        Alone(QuorumPeerConfig config) {
            this.config = config;
        }

        @Override
        public void run() throws Exception {
            org.apache.zookeeper.server.ServerConfig server = new org.apache.zookeeper.server.ServerConfig();
            server.readFrom(config);
            runFromConfig(server);
        }

        @Override
        public void end() {
            close();
        }
    }

    private static final class Peer extends QuorumPeerMain implements Member {
        private final QuorumPeerConfig config;

        Peer(QuorumPeerConfig config) {
            this.config = config;
        }

        @Override
        public void run() throws Exception {
            runFromConfig(config);
        }

        @Override
        public void end() {
            if (quorumPeer != null) {
                quorumPeer.shutdown();
            }
        }
    }
}
