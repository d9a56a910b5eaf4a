// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.config;

import drcopy.agent.Check;
import drcopy.agent.Cidr;
import drcopy.agent.ConfigException;
import drcopy.agent.Heading;
import drcopy.agent.HostPort;
import drcopy.agent.IpLiteral;
import drcopy.agent.TlsOptions;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.config.PoolOptions;
import drcopy.tls.MutualTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The interceptor's options as they are written. Filled at start, then only read. */
public final class InterceptorOptions {
    /** The port that interceptors listen on unless told otherwise. */
    public static final int DEFAULT_PORT = 36524;

    @Mixin
    final FormerOptions former = new FormerOptions();

    @Heading("What to take")
    @Option(
            names = "--divert",
            paramLabel = "VIP:PORT[,...]",
            description =
                    "Divert what this host sends from there: all of a VIP on lo, of any other address this port alone; *:PORT is every address of this host.")
    private List<String> divert = List.of();

    @Option(names = "--mode", paramLabel = "MODE", description = "How to divert: route or nfqueue (default: route).")
    private Mode mode;

    @Option(
            names = "--capture",
            paramLabel = "DEVICE",
            description = "Divert nothing; capture on this device of a host that the target's responses are routed to.")
    private String capture;

    @Option(
            names = {"-F", "--filter"},
            paramLabel = "FILTER",
            description = "pcap filter of the responses that --capture takes.")
    private String filter;

    @Option(
            names = {"-x", "--pass"},
            paramLabel = "ADDRESS[,...]",
            description = "Addresses and networks that get the real responses: the director's health checks, testers.")
    private List<String> pass = List.of();

    @Option(
            names = "--nat",
            paramLabel = "FROM:PORT=TARGET:PORT[,...]",
            description =
                    "Behind LVS-NAT or DNAT: what a real server answers from FROM belongs to replicas sent to TARGET.")
    private List<String> nat = List.of();

    @Heading("Copiers")
    @Option(
            names = {"-b", "--bind"},
            paramLabel = "ADDRESS",
            description = "Listen address for copiers (default: every address).")
    private String bind;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "Listen port for copiers (default: " + DEFAULT_PORT + ").")
    private int port = DEFAULT_PORT;

    @Mixin
    private final PoolOptions pool = new PoolOptions();

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            description =
                    "where copiers reach this interceptor (default: --bind, or the address toward ZooKeeper; --port)")
    private String advertise;

    @Mixin
    private final TlsOptions tls = new TlsOptions();

    @Heading("This host")
    @Option(
            names = "--check",
            description = "Check what the interceptor needs, a line each with the remedy; change nothing and exit.")
    private boolean check;

    /** True when only the preflight is wanted. */
    public boolean isCheck() {
        return check;
    }

    /**
     * What the options mean.
     *
     * @throws ConfigException when they cannot be
     */
    public InterceptorConfig config() {
        boolean captures = capture != null;
        Check.that(captures || !divert.isEmpty(), "--divert", null, "must be given, or --capture");
        Check.that(!captures || divert.isEmpty(), "--capture", capture, "must not be given together with --divert");
        Check.that(captures || filter == null, "--filter", filter, "must be given together with --capture");
        Check.that(!captures || filter != null, "--capture", capture, "must be given together with --filter");
        Check.that(!captures || mode == null, "--mode", mode, "must be given together with --divert");
        Check.that(
                !captures || pass.isEmpty(), "--pass", String.join(",", pass), "must be given together with --divert");
        Check.that(!captures || !capture.isBlank(), "--capture", capture, "must name a device");
        return new InterceptorConfig(
                parse("--divert", divert, Service::parse),
                mode == null ? Mode.ROUTE : mode,
                capture,
                filter,
                parse("--pass", pass, InterceptorOptions::passed),
                parse("--nat", nat, Translation::parse),
                new InetSocketAddress(bindAddress(), Check.port("--port", port)),
                tls.read(MutualTls::open));
    }

    /**
     * The pool to be a member of; empty without {@code -z}.
     *
     * @throws ConfigException when it cannot be
     */
    public Optional<PoolAddress> pool() {
        Optional<PoolAddress> address = pool.address();
        Check.that(
                advertise == null || address.isPresent(),
                "--advertise",
                advertise,
                "must be given together with --zookeeper");
        return address;
    }

    /** Where copiers reach this interceptor, if it was said. */
    public Optional<HostPort> advertised() {
        return Optional.ofNullable(advertise).map(text -> ConfigException.parse("--advertise", text, HostPort::parse));
    }

    private static Cidr passed(String text) {
        Cidr range = Cidr.parse(text);
        if (range.prefixLength() == 0) {
            throw new IllegalArgumentException("must not be every address, nobody would be diverted");
        }
        return range;
    }

    private InetAddress bindAddress() {
        return bind == null
                ? new InetSocketAddress(0).getAddress()
                : ConfigException.parse("--bind", bind, IpLiteral::parse);
    }

    private static <T> List<T> parse(String option, List<String> values, Function<String, T> parser) {
        return values.stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(item -> ConfigException.parse(option, item.strip(), parser))
                .distinct()
                .toList();
    }
}
