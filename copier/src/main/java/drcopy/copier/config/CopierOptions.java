// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.agent.Check;
import drcopy.agent.ConfigException;
import drcopy.agent.Heading;
import drcopy.agent.HostPort;
import drcopy.agent.TlsOptions;
import drcopy.coordinator.config.PoolOptions;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.tls.MutualTls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The copier's own options as picocli fills them; {@link #config} checks them against each other. Used once, at start. */
public final class CopierOptions {
    /** Twenty megabytes that come while the copier gets no time, of both address families: docs/DECISIONS.md. */
    private static final int MOST_BUFFER_MIB = 64;

    private static final int USUAL_MTU = 1_500;
    /** RFC 8200 section 5: every link takes it, so no router tells a client of a packet that is too big. */
    private static final int LEAST_MTU_IPV6 = 1_280;

    @Mixin
    final FormerOptions former = new FormerOptions();

    @Heading("What to copy, and who reports")
    @Option(
            names = {"-x", "--transfer"},
            required = true,
            split = ",",
            paramLabel = "[ONLINEIP:]PORT-TARGETIP:PORT[@MAC]",
            converter = TransferConverter.class,
            description = "services to copy: from where to where; comma list")
    List<Transfer> transfers = new ArrayList<>();

    @Option(
            names = "--udp",
            description = "copy the services' datagrams, too: DNS for instance; no answer is waited for")
    boolean udp;

    @Option(
            names = {"-s", "--servers"},
            split = ",",
            paramLabel = "HOST[:PORT]",
            description = "interceptors; comma list, repeatable")
    List<String> servers = new ArrayList<>();

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "36524",
            description = "port of the interceptors named without one (default: ${DEFAULT-VALUE})")
    int port;

    @Option(
            names = {"-C", "--connections"},
            paramLabel = "N",
            defaultValue = "1",
            description = "gRPC connections to each interceptor, 1..16 (default: ${DEFAULT-VALUE})")
    int connections;

    @Option(
            names = {"-L", "--lonely"},
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "go on when interceptors are lost and take them back when they return (the default);"
                    + " --no-lonely ends when the last one is gone")
    boolean lonely;

    @Heading("Which sessions, under which addresses")
    @Option(
            names = {"-n", "--replicas"},
            paramLabel = "N",
            defaultValue = "1",
            description = "replicas of every session, 1..1023 (default: ${DEFAULT-VALUE})")
    int replicas;

    @Option(
            names = {"-f", "--instance"},
            paramLabel = "N",
            description = "instance number of this copier, 0..1023 (default: leased with --zookeeper, 0 without)")
    Integer instance;

    @Option(
            names = {"-r", "--ratio"},
            paramLabel = "PERCENT",
            defaultValue = "100",
            description = "share of the sessions to copy, 1..100 (default: ${DEFAULT-VALUE})")
    int ratio;

    @Option(
            names = {"-g", "--gradual"},
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "let the share of the sessions grow from none to --ratio over so long (default: at once)")
    int gradual;

    @Option(
            names = {"-c", "--client-ips"},
            split = ",",
            paramLabel = "ADDRESS",
            description = "replace client addresses by these: IPs, a.b.c.x, CIDR; comma list")
    List<String> clientIps = new ArrayList<>();

    @Option(
            names = {"-H", "--loopback-clients"},
            split = ",",
            paramLabel = "ADDRESS",
            description =
                    "addresses for clients on this host's loopback, whose own no target could answer; as --client-ips")
    List<String> loopbackClients = new ArrayList<>();

    @Heading("MySQL and MariaDB")
    @Option(
            names = {"-u", "--mysql"},
            paramLabel = "USER@PASSWORD,...|@FILE",
            description =
                    "the services are MySQL: log in to the target with these passwords, one of @FILE a line; anybody can read"
                            + " a command line, so use @FILE (mode 0600)")
    String mysql;

    @Option(
            names = "--mysql-skip-grant",
            description = "the services are MySQL and the target runs with --skip-grant-tables: it lets every user in")
    boolean mysqlSkipGrant;

    @Heading("Replicas")
    @Option(
            names = {"-t", "--session-timeout"},
            paramLabel = "SECONDS",
            defaultValue = "120",
            description =
                    "end a replica whose data the target leaves unanswered for so long (default: ${DEFAULT-VALUE})")
    int sessionTimeout;

    @Option(
            names = {"-M", "--mtu"},
            paramLabel = "BYTES",
            description =
                    "largest packet toward the target (default: 1500, and 1280 for IPv6, whose routers cut nothing)")
    Integer mtu;

    @Option(
            names = "--mss",
            paramLabel = "BYTES",
            description = "MSS of connections joined in mid-stream (default: from --mtu)")
    Integer mss;

    @Option(
            names = {"-o", "--device"},
            paramLabel = "DEVICE",
            description = "send Ethernet frames out of this device, past this host's firewall and connection tracking;"
                    + " the next hop is looked up, @MAC behind a target overrides it (default: IP layer)")
    String device;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "MIB",
            defaultValue = "512",
            description = "heap and off-heap memory together; at the limit new sessions are refused"
                    + " (default: ${DEFAULT-VALUE})")
    int memory;

    @Heading("Capture")
    @Option(
            names = "--interface",
            split = ",",
            paramLabel = "DEVICE",
            description = "capture on these devices; comma list (default: all)")
    List<String> interfaces = new ArrayList<>();

    @Option(
            names = {"-F", "--filter"},
            paramLabel = "FILTER",
            description = "pcap filter instead of the one built from --transfer")
    String filter;

    @Option(
            names = {"-B", "--buffer"},
            paramLabel = "MIB",
            description = "capture buffer, a part of --memory (default: an eighth of it, at most 64)")
    Integer buffer;

    @Option(
            names = "--snaplen",
            paramLabel = "BYTES",
            description = "bytes kept of each packet, up to 262144 (default: all)")
    Integer snaplen;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "threads that share the flows, for more traffic than one core can copy; they share --memory, and each"
                            + " has --connections of its own (default: ${DEFAULT-VALUE})")
    int shards;

    @Heading("Order of requests")
    @Option(
            names = {"-W", "--no-wait"},
            description = "never hold a request until the target has answered the one before")
    boolean noWait;

    @Option(names = "--hold", paramLabel = "SECONDS", description = "hold a request at most so long (default: 5)")
    Integer hold;

    @Option(
            names = {"-O", "--only-syn"},
            description = "replay only sessions whose SYN was captured")
    boolean onlySyn;

    @Option(
            names = "--join-idle",
            paramLabel = "MS",
            defaultValue = "500",
            description =
                    "join a session in mid-stream after it was silent for so long, and not only where a request follows"
                            + " an answer; 0: never (default: ${DEFAULT-VALUE})")
    int joinIdle;

    @Mixin
    final PoolOptions pool = new PoolOptions();

    @Mixin
    final BudgetOptions budget = new BudgetOptions();

    @Mixin
    final TlsOptions tls = new TlsOptions();

    /**
     * The checked configuration.
     *
     * @throws ConfigException when two options contradict each other or a value breaks its rule
     */
    public CopierConfig config() {
        return new CopierConfig(
                transfers(),
                udp ? Protocols.TCP_AND_UDP : Protocols.TCP,
                addresses("--client-ips", clientIps),
                addresses("--loopback-clients", loopbackClients),
                Check.range("--ratio", ratio, 1, 100),
                Duration.ofSeconds(Check.range("--gradual", gradual, 0, 86_400)),
                instanceIds(),
                interceptors(),
                replay(),
                device,
                new CopierConfig.Capture(interfaces, filter, bufferMib(), snaplen(), shards),
                memory,
                budget.budget(),
                MySqlUsers.read(mysql, mysqlSkipGrant));
    }

    /** {@code bin/copier} divides {@code --memory} by the same rule. */
    private int snaplen() {
        if (snaplen == null) {
            return CopierConfig.Capture.WHOLE;
        }
        Check.range("--snaplen", snaplen, 96, CopierConfig.Capture.LONGEST);
        return snaplen;
    }

    private int bufferMib() {
        if (buffer != null) {
            return buffer;
        }
        return Math.max(1, Math.min(MOST_BUFFER_MIB, Math.min(memory / 8, memory - CopierConfig.LEAST_MEMORY_MIB)));
    }

    /** The services alone, checked: all that is needed to look at a file. */
    public Transfers transfers() {
        return ConfigException.parse("--transfer", joined(transfers), text -> new Transfers(transfers));
    }

    /** {@code --filter}; null without one. */
    public String filter() {
        return filter;
    }

    private static ClientAddresses addresses(String option, List<String> entries) {
        return entries.isEmpty()
                ? ClientAddresses.none()
                : ConfigException.parse(option, String.join(",", entries), text -> ClientAddresses.parse(entries));
    }

    /**
     * The pool and what is wanted of it; empty without {@code -z}.
     *
     * @throws ConfigException when it cannot be
     */
    public Optional<Coordination> coordination() {
        return pool.address()
                .map(address -> new Coordination(
                        address,
                        instance == null ? LeaseRequest.lowestFree(replicas) : LeaseRequest.exactly(instanceIds())));
    }

    private static String joined(List<Transfer> transfers) {
        return String.join(",", transfers.stream().map(Transfer::toString).toList());
    }

    /** Replica i of instance f has ID (f * n + i) mod 1024. */
    private List<Integer> instanceIds() {
        Check.range("--replicas", replicas, 1, 1023);
        int number = instance == null ? 0 : Check.range("--instance", instance, 0, 1023);
        return IntStream.range(0, replicas)
                .mapToObj(i -> (number * replicas + i) % 1024)
                .toList();
    }

    private CopierConfig.Interceptors interceptors() {
        Check.port("--port", port);
        Check.that(
                !servers.isEmpty() || pool.address().isPresent(), "--servers", null, "must be given, or --zookeeper");
        List<HostPort> parsed = servers.stream()
                .map(server -> ConfigException.parse("--servers", server, text -> HostPort.parse(text, port)))
                .toList();
        return new CopierConfig.Interceptors(parsed, connections, lonely, tls.read(MutualTls::open));
    }

    private CopierConfig.Replay replay() {
        Check.range("--session-timeout", sessionTimeout, 1, 86_400);
        int most = mtu == null ? USUAL_MTU : Check.range("--mtu", mtu, 576, 65535);
        Check.range("--join-idle", joinIdle, 0, 600_000);
        Check.that(!noWait || hold == null, "--hold", hold, "must not be given together with --no-wait");
        int holdSeconds = noWait ? 0 : Check.range("--hold", hold == null ? 5 : hold, 0, 3_600);
        return new CopierConfig.Replay(
                most,
                mtu == null ? LEAST_MTU_IPV6 : most,
                mss == null ? defaultMss(most) : mss,
                Duration.ofSeconds(sessionTimeout),
                Duration.ofSeconds(holdSeconds),
                Duration.ofMillis(joinIdle),
                onlySyn);
    }

    /** What fits every target. */
    private int defaultMss(int most) {
        return most - (transfers.stream().allMatch(Transfer::isIpv4) ? 40 : 60);
    }

    /** Lets picocli report what {@link Transfer#parse} says. */
    static final class TransferConverter implements ITypeConverter<Transfer> {
        @Override
        public Transfer convert(String value) {
            return Transfer.parse(value);
        }
    }
}
