// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Placements beside LVS-DR: an assistant host, a single target, a target behind address translation; {@code -o} and {@code -H}. */
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
        Agent interceptor = Agent.interceptor(lab, host, interceptorOptions);
        Agent copier = Agent.copier(lab, copierOptions);
        agents.add(copier);
        agents.add(interceptor);
        interceptor.start();
        interceptor.awaitReady();
        copier.start();
        copier.awaitReady();
    }

    /** Runs a load, all of which arrives at the real servers. */
    private static void deliversAll(String run, String... more) {
        List<String> options =
                new ArrayList<>(List.of("--run", run, "--rate", "200", "--connections", "10", "--count", COUNT));
        options.addAll(List.of(more));
        try (LoadProcess load = LoadProcess.start(lab, options.toArray(String[]::new))) {
            LoadResult result = load.await(LIMIT);
            assertThat(result.answered()).as("answered online: %s", result).isEqualTo(Long.parseLong(COUNT));
        }
        arrive("/" + run + "/", Integer.parseInt(COUNT));
    }

    private static void arrive(String path, int count) {
        Await.happens(LIMIT, () -> arrived(path) >= count);
        System.out.printf("%s: %d of %d%n", path, arrived(path), count);
        assertThat(arrived(path)).isEqualTo(count);
    }

    private static long arrived(String path) {
        return servers.stream()
                .flatMap(server -> server.log().lines().stream())
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
        lab.run(
                "online",
                "nft",
                "add table inet wall; add chain inet wall out { type filter hook output priority 0; };"
                        + " add rule inet wall out oifname eth1 tcp dport 80 drop");
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
        lab.run("online", "curl", "-s", "-o", "/dev/null", "http://127.0.0.1/loop/[1-20]");
        arrive("/loop/", 20);
        lab.run("online", "nft", "delete table inet wall");
    }

    @Test
    void targetBehindAddressTranslationAnswersFromItsOwnAddress() {
        lab.run("online", "ip", "route", "replace", "198.18.1.201", "via", "198.18.1.30", "dev", "eth1");
        lab.run("assistant", "sysctl", "-qw", "net.ipv4.ip_forward=1");
        lab.run(
                "assistant",
                "nft",
                "add table ip shift; add chain ip shift in { type filter hook prerouting priority -300; };"
                        + " add rule ip shift in ip daddr 198.18.1.201 tcp dport 80 tcp dport set 8080 ip daddr set 198.18.1.11");
        start(
                "rs1",
                List.of("--divert", "198.18.1.11:8080", "--nat", "198.18.1.11:8080=198.18.1.201:80"),
                List.of("-x", "198.18.0.10:80-198.18.1.201:80", "-s", "198.18.1.11"));

        deliversAll("nat");
        lab.run("assistant", "sysctl", "-qw", "net.ipv4.ip_forward=0");
    }
}
