// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.agent.Check;
import drcopy.agent.ConfigException;
import drcopy.agent.HostPort;
import drcopy.copier.governor.Budget;
import drcopy.copier.mysql.Users;
import drcopy.tls.MutualTls;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a copier is told on its command line, checked. Immutable.
 *
 * @param transfers the services that are copied; at least one
 * @param protocols what is copied of them
 * @param clients addresses that stand for the clients'; empty keeps them
 * @param loopbackClients addresses that stand for clients on this host's loopback; may be empty
 * @param ratioPercent share of sessions that is copied, 1..100
 * @param ramp how long the share takes to grow to that; zero for at once
 * @param instanceIds instance ID of each replica of a session
 * @param interceptors where the responses come from
 * @param replay how replicas behave
 * @param device where frames are sent, past the IP layer; null for the IP layer
 * @param capture where and what to capture
 * @param memoryMib heap and off-heap together, in MiB
 * @param budget what the copier may use of this host
 * @param mysql the target's users when the services are MySQL
 */
public record CopierConfig(
        Transfers transfers,
        Protocols protocols,
        ClientAddresses clients,
        ClientAddresses loopbackClients,
        int ratioPercent,
        Duration ramp,
        List<Integer> instanceIds,
        Interceptors interceptors,
        Replay replay,
        String device,
        Capture capture,
        int memoryMib,
        Budget budget,
        Optional<Users> mysql) {

    /** What the JVM, gRPC and the smallest useful heap need besides the capture buffer. */
    static final int LEAST_MEMORY_MIB = 168;

    /** Bytes of an IPv6 and a TCP header: what an MTU loses to them. */
    private static final int HEADERS_IPV6 = 60;

    /** Bytes of an IPv4 and a TCP header. */
    private static final int HEADERS_IPV4 = 40;

    /**
     * The interceptors and how they are reached.
     *
     * @param servers {@code -s}, not looked up
     * @param connections gRPC connections to each, 1..16
     * @param lonely false ends the copier when the last interceptor is lost
     * @param tls certificates; empty without TLS
     */
    public record Interceptors(List<HostPort> servers, int connections, boolean lonely, Optional<MutualTls> tls) {
        public Interceptors {
            servers = List.copyOf(servers);
            Check.range("--connections", connections, 1, 16);
            Set<HostPort> seen = new HashSet<>();
            for (HostPort server : servers) {
                Check.that(seen.add(server), "--servers", server, "must be named once");
            }
        }
    }

    /**
     * How replicas behave.
     *
     * @param mtu largest IP packet toward an IPv4 target, bytes
     * @param mtu6 largest IP packet toward an IPv6 target, bytes
     * @param mss MSS announced by SYNs of our own, bytes
     * @param sessionTimeout longest time without any response to unanswered data
     * @param hold longest hold of a request; zero never holds
     * @param joinIdle silence after which a payload counts as the start of a request; zero never
     * @param onlySyn join no session whose SYN was not captured
     */
    public record Replay(
            int mtu, int mtu6, int mss, Duration sessionTimeout, Duration hold, Duration joinIdle, boolean onlySyn) {
        public Replay {
            Check.range("--mtu", mtu, 576, 65535);
            Check.range("--mss", mss, 88, mtu - HEADERS_IPV4);
        }

        /** Largest packet toward a target of this family, bytes. */
        public int mtuToward(boolean isIpv4) {
            return isIpv4 ? mtu : mtu6;
        }
    }

    /**
     * What is captured.
     *
     * @param interfaces device names; empty for all
     * @param filter pcap filter instead of the built one; null builds it
     * @param bufferMib capture buffer
     * @param snaplen bytes kept of a packet, 96..262144, or {@link #WHOLE}
     * @param shards threads that share the flows, 1..16
     */
    public record Capture(List<String> interfaces, String filter, int bufferMib, int snaplen, int shards) {
        /** All bytes of every packet. */
        public static final int WHOLE = 0;

        /** What libpcap keeps of a packet at most (MAXIMUM_SNAPLEN). */
        public static final int LONGEST = 262_144;

        public Capture {
            interfaces = List.copyOf(interfaces);
            Check.range("--buffer", bufferMib, 1, 1024);
            Check.range("--snaplen", snaplen, WHOLE, LONGEST);
            Check.range("--shards", shards, 1, 16);
            Check.that(
                    new HashSet<>(interfaces).size() == interfaces.size(),
                    "--interface",
                    String.join(",", interfaces),
                    "must name each device once");
        }
    }

    public CopierConfig {
        instanceIds = List.copyOf(instanceIds);
        Check.range("--ratio", ratioPercent, 1, 100);
        Check.range("--memory", memoryMib, LEAST_MEMORY_MIB + 1, 1 << 20);
        Check.that(
                capture.bufferMib() <= memoryMib - LEAST_MEMORY_MIB,
                "--buffer",
                capture.bufferMib(),
                "must leave " + LEAST_MEMORY_MIB + " MiB of --memory " + memoryMib);
        Check.that(
                capture.shards() == 1 || mysql.isEmpty(),
                "--shards",
                capture.shards(),
                "must be 1 together with --mysql");
        for (Transfer transfer : transfers.list()) {
            checkFamilies(transfer, clients);
            checkClients(transfer, clients, loopbackClients);
            checkMtu(transfer, replay);
            checkMacs(transfer, transfers, device);
        }
    }

    private static void checkFamilies(Transfer transfer, ClientAddresses clients) {
        boolean crosses = !transfer.anyOnline()
                && drcopy.wire.Addresses.isIpv4(transfer.onlineHi(), transfer.onlineLo()) != transfer.isIpv4();
        Check.that(
                !crosses || clients.covers(transfer.isIpv4()),
                "--transfer",
                transfer,
                "must have both sides of one address family, unless -c gives the clients addresses of the target's");
        Check.that(
                clients.isEmpty() || clients.covers(transfer.isIpv4()),
                "--client-ips",
                clients,
                "must have an address of the family of every target, and " + transfer + " finds none");
    }

    private static void checkClients(Transfer transfer, ClientAddresses clients, ClientAddresses loopbackClients) {
        Check.that(
                !loopbackClients.contains(
                        transfer.target().hi(), transfer.target().lo()),
                "--loopback-clients",
                loopbackClients,
                "must not hold the address of a target, and that of " + transfer + " is in it");
        Check.that(
                !clients.contains(transfer.target().hi(), transfer.target().lo()),
                "--client-ips",
                clients,
                "must not hold the address of a target, and that of " + transfer + " is in it");
    }

    private static void checkMacs(Transfer transfer, Transfers all, String device) {
        Check.that(
                device != null || !transfer.hasMac(),
                "--transfer",
                transfer,
                "must be without @MAC, unless --device sends at the link layer");
        for (Transfer other : all.list()) {
            boolean isSame = other.target().hi() == transfer.target().hi()
                    && other.target().lo() == transfer.target().lo();
            Check.that(
                    !isSame || other.sourceMac() == transfer.sourceMac() && other.nextHopMac() == transfer.nextHopMac(),
                    "--transfer",
                    all,
                    "must have the same @MACs wherever it has the same target address");
        }
    }

    private static void checkMtu(Transfer transfer, Replay replay) {
        if (!transfer.isIpv4()) {
            Check.range("--mtu", replay.mtu(), 1280, 65535);
            if (replay.mss() > replay.mtu() - HEADERS_IPV6) {
                throw new ConfigException(
                        "--mss", replay.mss(), "must be at most --mtu less 60 for the IPv6 target of " + transfer);
            }
        }
    }
}
