// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.AgentOptions;
import drcopy.agent.AgentProcess;
import drcopy.agent.Check;
import drcopy.agent.Cli;
import drcopy.agent.ConfigException;
import drcopy.agent.Heading;
import drcopy.agent.HostPort;
import drcopy.agent.IpLiteral;
import drcopy.agent.Shutdown;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.serve.EmbeddedZooKeeper;
import drcopy.coordinator.serve.ServerConfig;
import drcopy.coordinator.web.PageServer;
import drcopy.coordinator.zk.ZooKeeperClient;
import drcopy.coordinator.zk.ZooKeeperClient.ConnectionChange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coordinator serve}. */
@Command(name = "serve", description = "Runs a ZooKeeper for pools, and a web page that shows and controls them.")
public final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final int CONNECT_SECONDS = 15;

    @Heading("ZooKeeper")
    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "where ZooKeeper keeps its data (default: drcopy-data)")
    private Path data = Path.of("drcopy-data");

    @Option(names = "--zk-port", paramLabel = "PORT", description = "ZooKeeper's port (default: 2181)")
    private int zkPort = PoolAddress.DEFAULT_PORT;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "ZooKeeper's listen address (default: every address)")
    private String bind;

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "HOST[:PORT:PORT]",
            description = "all servers of an ensemble of such processes, this one among them; ports for peers and for"
                    + " elections (default: 2888:3888); comma list, the same on each")
    private List<String> peers = List.of();

    @Option(names = "--server-id", paramLabel = "N", description = "which of --peers this one is, from 1")
    private int serverId;

    @Option(
            names = "--zk-server-config",
            paramLabel = "FILE",
            description = "more settings of ZooKeeper's server; with secureClientPort it listens there only, with TLS")
    private Path settings;

    @Option(
            names = "--ensemble",
            paramLabel = "HOST[:PORT],...[/PATH]",
            description = "use this ZooKeeper and run none")
    private String ensemble;

    @Mixin
    private final ServeAccess access = new ServeAccess();

    @Mixin
    private final AgentOptions agentOptions = new AgentOptions();

    @Override
    public Integer call() {
        ServerConfig server = ensemble == null ? serverConfig() : refuseServerOptions();
        PoolAddress existing = ensemble == null
                ? null
                : ConfigException.parse("--ensemble", ensemble, text -> PoolAddress.parse(text, "default"));
        access.check();
        try (AgentProcess process = AgentProcess.open("coordinator", agentOptions);
                EmbeddedZooKeeper zookeeper = server == null ? null : EmbeddedZooKeeper.start(server);
                ZooKeeperClient client =
                        ZooKeeperClient.open(access.to(existing == null ? own(zookeeper) : existing), change -> {});
                PageServer page = access.servePage(client)) {
            LOG.debug("page on port {}", page.port());
            process.serve(
                    CoordinatorMetrics.of(() -> client.state() == ConnectionChange.CONNECTED),
                    () -> failure(zookeeper),
                    () -> unready(zookeeper, client));
            if (!client.awaitConnected(CONNECT_SECONDS)) {
                LOG.warn("ZooKeeper does not answer yet{}", peers.isEmpty() ? "" : ": its peers are awaited");
            }
            process.ready();
            Shutdown.await();
            if (failure(zookeeper) != null) {
                throw new IllegalStateException(failure(zookeeper));
            }
            return Cli.DONE;
        }
    }

    private ServerConfig refuseServerOptions() {
        Check.that(peers.isEmpty(), "--peers", String.join(",", peers), "must not be given together with --ensemble");
        Check.that(settings == null, "--zk-server-config", settings, "must not be given together with --ensemble");
        return null;
    }

    private ServerConfig serverConfig() {
        boolean isMember = serverId >= 1 && serverId <= peers.size();
        Check.that(
                peers.isEmpty() ? serverId == 0 : isMember,
                "--server-id",
                serverId,
                peers.isEmpty() ? "must be given together with --peers" : "must be 1.." + peers.size());
        Check.that(
                peers.size() != 1,
                "--peers",
                String.join(",", peers),
                "must be all servers of the ensemble, three as a rule");
        InetAddress address = bind == null
                ? new InetSocketAddress(0).getAddress()
                : ConfigException.parse("--bind", bind, IpLiteral::parse);
        return new ServerConfig(
                data, new InetSocketAddress(address, Check.port("--zk-port", zkPort)), peers, serverId, settings);
    }

    private PoolAddress own(EmbeddedZooKeeper zookeeper) {
        String host = bind == null ? "127.0.0.1" : bind;
        return PoolAddress.parse(new HostPort(host, zookeeper.port()).toString(), "default");
    }

    private static String failure(EmbeddedZooKeeper zookeeper) {
        return zookeeper == null ? null : zookeeper.failure();
    }

    private static String unready(EmbeddedZooKeeper zookeeper, ZooKeeperClient client) {
        String failure = failure(zookeeper);
        boolean isReady = failure == null && client.state() == ConnectionChange.CONNECTED;
        return isReady ? null : failure == null ? "ZooKeeper does not answer" : failure;
    }
}
