// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import drcopy.wire.TcpFlags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Placements beside LVS-DR: an assistant host, a single target, LVS-NAT; {@code -o}, {@code -H} and {@code --interface}; VLAN tags;
 * {@code --check}.
 */
@Tag("lab")
class PlacementTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String COUNT = "200";
    private static Lab lab;
    private static List<Web> servers;
    private static LeakWatch leaks;
    private final List<Agent> agents = new ArrayList<>();

    @BeforeAll
    static void up() {
        lab = Lab.up(Lab.Director.HMARK, "dr" + ProcessHandle.current().pid() + "-place", 2);
        Web.start(lab, "online");
        servers = lab.realServers().stream().map(host -> Web.start(lab, host)).toList();
        leaks = LeakWatch.start(lab);
    }

    @AfterAll
    static void down() {
        lab.close();
    }

    @AfterEach
    void end() {
        agents.forEach(Agent::close);
        lab.control("returns", "clients");
        assertThat(leaks.count()).as("packets that reached clients").isZero();
    }

    private void start(String host, List<String> interceptorOptions, List<String> copierOptions) {
        intercept(host, interceptorOptions.toArray(String[]::new));
        copy(copierOptions.toArray(String[]::new));
    }

    private void intercept(String host, String... options) {
        start(Agent.interceptor(lab, host, List.of(options)));
    }

    private void copy(String... options) {
        start(Agent.copier(lab, List.of(options)));
    }

    private void start(Agent agent) {
        agents.add(0, agent);
        agent.start();
        agent.awaitReady();
    }

    /** Runs a load, all of which arrives at the real servers. */
    private static void deliversAll(String run, String... more) {
        load(run, more);
        arrive("/" + run + "/", Integer.parseInt(COUNT));
    }

    private static void load(String run, String... more) {
        List<String> options =
                new ArrayList<>(List.of("--run", run, "--rate", "200", "--connections", "10", "--count", COUNT));
        options.addAll(List.of(more));
        try (LoadProcess load = LoadProcess.start(lab, options.toArray(String[]::new))) {
            LoadResult result = load.await(LIMIT);
            assertThat(result.answered()).as("answered online: %s", result).isEqualTo(Long.parseLong(COUNT));
        }
    }

    /** Bodies of many segments each, which leave as runs, arrive byte for byte. */
    private static void deliversUploads(String run, String... more) {
        Path sums = lab.folder().resolve(run + ".sums");
        List<String> options = new ArrayList<>(List.of("--sizes", "200000", "--bodies", sums.toString()));
        options.addAll(List.of(more));
        load(run, options.toArray(String[]::new));
        arrive("/up/" + run + "/", Integer.parseInt(COUNT));
        List<AccessLog.Line> uploads = servers.stream()
                .flatMap(server -> server.log().lines().stream())
                .filter(line -> line.uri().startsWith("/up/" + run + "/"))
                .toList();
        assertThat(Bodies.ofLog(uploads)).isEqualTo(Bodies.ofFile(sums));
    }

    private static void arrive(String path, int count) {
        Await.happens(LIMIT, () -> arrived(path) >= count);
        System.out.printf("%s: %d of %d%n", path, arrived(path), count);
        assertThat(arrived(path)).isEqualTo(count);
    }

    private static long arrived(String path) {
        return servers.stream().mapToLong(server -> arrived(server, path)).sum();
    }

    private static long arrived(Web server, String path) {
        return server.log().lines().stream()
                .filter(line -> line.uri().startsWith(path))
                .count();
    }

    private static void deliversAllOverIpv6(String run) {
        deliversAll(run, "--target", "[" + Lab.ONLINE6 + "]:80", "--from", Lab.CLIENT6);
    }

    @Test
    void assistantHostTakesTheResponsesThatAreRoutedToIt() {
        lab.control("returns", "assistant");
        start(
                "assistant",
                List.of("--capture", "eth0", "--filter", "tcp src port 80"),
                List.of(
                        "-x",
                        "198.18.0.10:80-198.18.1.200:80,[2001:db8::10]:80-[2001:db8:1::200]:80",
                        "-s",
                        "198.18.1.30"));

        deliversAll("assist");
        deliversAllOverIpv6("assist6");
    }

    @Test
    void singleTargetGetsFramesPastTheFirewallAndClientsOfTheLoopback() {
        wall("online", "output", "oifname eth1 tcp dport 80 drop");
        start(
                "rs1",
                List.of("--divert", "198.18.1.11:80,[2001:db8:1::11]:80"),
                List.of(
                        "-x",
                        "198.18.0.10:80-198.18.1.11:80,127.0.0.1:80-198.18.1.11:80,"
                                + "[2001:db8::10]:80-[2001:db8:1::11]:80",
                        "-s",
                        "198.18.1.11",
                        "-o",
                        "eth1",
                        "-H",
                        "198.18.8.77"));

        deliversAll("single");
        deliversAllOverIpv6("single6");
        deliversUploads("large");
        deliversUploads("large6", "--target", "[" + Lab.ONLINE6 + "]:80", "--from", Lab.CLIENT6);
        lab.run("online", "curl", "-s", "-o", "/dev/null", "http://127.0.0.1/loop/[1-20]");
        arrive("/loop/", 20);
        lab.run("online", "nft", "delete table inet wall");
    }

    @Test
    void sessionsOfTheNamedDevicesAreCopiedOnce() {
        intercept("rs1", "--divert", "198.18.1.11:80");
        for (String devices : List.of("eth0,eth1", "any")) {
            copyDevices(devices);
            deliversAll("first-" + devices);
            visitOverEth1("/second-" + devices + "/");
            arrive("/second-" + devices + "/", 20);
            agents.remove(0).close();
        }
        copyDevices("eth0");
        visitOverEth1("/unseen/");
        deliversAll("alone");

        assertThat(arrived("/unseen/")).isZero();
        assertThat(arrived("/first-eth0,eth1/") + arrived("/first-any/")).isEqualTo(2 * Long.parseLong(COUNT));
        assertThat(arrived("/second-eth0,eth1/") + arrived("/second-any/")).isEqualTo(40);
    }

    private void copyDevices(String devices) {
        String transfers = "198.18.0.10:80-198.18.1.11:80,198.18.1.10:80-198.18.1.11:80";
        copy("-x", transfers, "-s", "198.18.1.11", "--interface", devices);
    }

    /** Clients of online's second device. */
    private static void visitOverEth1(String path) {
        lab.run("assistant", "curl", "-s", "-o", "/dev/null", "http://198.18.1.10" + path + "[1-20]");
    }

    @Test
    void sessionsBehindVlanTagsAreCopied() {
        intercept("rs1", "--divert", "198.18.1.11:80,[2001:db8:1::11]:80");
        copy("-x", "198.18.0.10:80-198.18.1.11:80,[2001:db8::10]:80-[2001:db8:1::11]:80", "-s", "198.18.1.11");

        for (String tags : List.of(TaggedSession.ONE_TAG, TaggedSession.TWO_TAGS)) {
            String path = "/behind-" + tags + "/";
            TaggedSession.send(lab, tags, Lab.CLIENT, Lab.ONLINE, path);
            TaggedSession.send(lab, tags, Lab.CLIENT6, Lab.ONLINE6, path);
            arrive(path, 2);
        }
    }

    @Test
    void targetsBehindLvsNatAnswerFromTheirOwnAddresses() {
        lab.control("director", "lvs");
        translate("198.18.1.201/32", "198.18.1.201:80", "198.18.1.11:8080", "198.18.1.12:8080");
        translate("2001:db8:1::201/128", "[2001:db8:1::201]:80", "[2001:db8:1::11]:8080", "[2001:db8:1::12]:8080");
        lab.run("online", "ip", "route", "replace", "198.18.1.201", "via", Lab.DIRECTOR, "dev", "eth1");
        lab.run("online", "ip", "route", "replace", "2001:db8:1::201", "via", "2001:db8:1::100", "dev", "eth1");
        for (String n : List.of("1", "2")) {
            String own = "198.18.1.1" + n + ":8080";
            String own6 = "[2001:db8:1::1" + n + "]:8080";
            String nat = own + "=198.18.1.201:80," + own6 + "=[2001:db8:1::201]:80";
            intercept("rs" + n, "--divert", own + "," + own6, "--nat", nat);
        }
        copy(
                "-x",
                "198.18.0.10:80-198.18.1.201:80,[2001:db8::10]:80-[2001:db8:1::201]:80",
                "-s",
                "198.18.1.11,198.18.1.12");

        deliversAll("nat");
        deliversAllOverIpv6("nat6");
        assertThat(servers).allMatch(server -> arrived(server, "/nat/") > 0 && arrived(server, "/nat6/") > 0);
    }

    /** Has IPVS give connections to a virtual service to real servers by address translation. */
    private static void translate(String address, String service, String... realServers) {
        lab.director("/bin/busybox", "ip", "addr", "add", address, "dev", "lo");
        lab.director("ipvsadm", "-A", "-t", service, "-s", "rr");
        for (String realServer : realServers) {
            lab.director("ipvsadm", "-a", "-t", service, "-r", realServer, "-m");
        }
    }

    /** {@code bin/copier --check} for these services and clients. */
    private static Shell.Outcome check(String transfers, String clients, String... more) {
        String copier = Lab.home().resolve("bin/copier").toString();
        List<String> words = new ArrayList<>(List.of(copier, "-x", transfers, "-s", "198.18.1.11", "--check"));
        words.addAll(List.of("--probe", clients));
        words.addAll(List.of(more));
        return lab.attempt("online", words.toArray(String[]::new));
    }

    @Test
    void oneSynTellsWhetherTheWholeWayWorks() {
        intercept("rs1", "--divert", "*:80,*:81,*:82,*:83");
        int[] syns = new int[2];
        int[] resets = new int[2];
        try (Capture wire = Capture.start(lab, "rs1", "probe", "src host 198.18.8.9 or src host 2001:db8:8::9")) {
            Shell.Outcome whole = check(
                    "198.18.0.10:80-198.18.1.11:80,[2001:db8::10]:80-[2001:db8:1::11]:80", "198.18.8.9,2001:db8:8::9");

            System.out.println(whole.output());
            assertThat(whole.output())
                    .contains(
                            "OK    probe of 198.18.1.11:80 from 198.18.8.9: answered, as interceptor 198.18.1.11:36524")
                    .contains("OK    probe of [2001:db8:1::11]:80 from 2001:db8:8::9: answered")
                    .contains("OK    connection tracking: off");
            assertThat(whole.status()).isZero();
            Await.until("both SYNs and both RSTs are captured", LIMIT, () -> {
                Arrays.fill(syns, 0);
                Arrays.fill(resets, 0);
                wire.read((ns, isOutgoing, length, packet) -> {
                    boolean isIpv6 = packet.get(0) >> 4 == 6;
                    int flags = packet.get((isIpv6 ? 40 : 20) + 13);
                    syns[isIpv6 ? 1 : 0] += flags == TcpFlags.SYN ? 1 : 0;
                    resets[isIpv6 ? 1 : 0] += flags == TcpFlags.RST ? 1 : 0;
                });
                return syns[0] + syns[1] >= 2 && resets[0] + resets[1] >= 2;
            });
        }
        assertThat(syns).containsExactly(1, 1);
        assertThat(resets).containsExactly(1, 1);
        assertThat(lab.run("rs1", "ss", "-Htn", "state", "syn-recv")).isEmpty();
        tellsWhereTheWayEnds();
    }

    private static void tellsWhereTheWayEnds() {
        wall("rs1", "input", "tcp dport 82 drop");
        wall("online", "input", "ct state invalid drop");
        wall("online", "output", "tcp dport 83 drop");
        lab.run("online", "ethtool", "-K", "eth0", "gro", "on");

        Shell.Outcome broken = check(
                "81-198.18.1.11:81,82-198.18.1.11:82,83-198.18.1.11:83,84-[2001:db8:1::11]:80",
                "198.18.8.9",
                "--snaplen",
                "1600");

        System.out.println(broken.output());
        assertThat(broken.output())
                .contains("NOTE  receive offload: eth0 joins segments to up to 64 KB, and --snaplen 1600 cuts them")
                .containsPattern(
                        "NOTE  connection tracking: on, [0-9]+ of [0-9]+ entries taken: every replica takes one")
                .contains("FAIL  probe of 198.18.1.11:81 from 198.18.8.9: refused, as interceptor 198.18.1.11:36524")
                .contains("FAIL  probe of 198.18.1.11:82 from 198.18.8.9: no interceptor saw an answer")
                .contains("FAIL  probe of 198.18.1.11:83 from 198.18.8.9: this host's kernel did not send it: EPERM")
                .contains("NOTE  probe of [2001:db8:1::11]:80: not sent");
        assertThat(broken.status()).isEqualTo(1);
        List.of("rs1", "online").forEach(host -> lab.run(host, "nft", "delete table inet wall"));
        lab.run("online", "ethtool", "-K", "eth0", "gro", "off");
    }

    /** A firewall's rule on a host. */
    private static void wall(String host, String hook, String rule) {
        lab.run(
                host,
                "nft",
                "add table inet wall; add chain inet wall " + hook + " { type filter hook " + hook
                        + " priority 0; }; add rule inet wall " + hook + " " + rule);
    }

    @Test
    void interceptorsCheckTheReversePathFilterAndForwarding() {
        String interceptor = Lab.home().resolve("bin/interceptor").toString();
        String[] assistant = {interceptor, "--capture", "eth0", "--filter", "tcp src port 80", "--check"};
        String[] realServer = {interceptor, "--divert", "198.18.1.12:80", "--check"};

        Shell.Outcome deadEnd = lab.attempt("assistant", assistant);
        lab.run("assistant", "sysctl", "-qw", "net.ipv4.ip_forward=1");
        lab.run("rs2", "sysctl", "-qw", "net.ipv4.conf.eth0.rp_filter=1");
        Shell.Outcome router = lab.attempt("assistant", assistant);
        Shell.Outcome strict = lab.attempt("rs2", realServer);
        lab.run("assistant", "sysctl", "-qw", "net.ipv4.ip_forward=0");
        lab.run("rs2", "sysctl", "-qw", "net.ipv4.conf.eth0.rp_filter=0");

        assertThat(deadEnd.output()).contains("OK    forwarding of IPv4: off", "OK    forwarding of IPv6: off");
        assertThat(deadEnd.status()).isZero();
        assertThat(router.output()).contains("FAIL  forwarding of IPv4: is on");
        assertThat(router.status()).isEqualTo(1);
        assertThat(strict.output()).contains("NOTE  reverse-path filter of eth0: rp_filter 1 drops replicas");
        assertThat(strict.status()).isZero();
    }
}
