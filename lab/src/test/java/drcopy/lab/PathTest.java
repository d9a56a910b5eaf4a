// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a replica's way to the target is not the client's: its TTL, and how long its packets may be. */
@Tag("lab")
class PathTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String IPV6_TARGET = "[" + Lab.ONLINE6 + "]:80";
    private static final String LONG_DATAGRAM =
            "ip route flush cache; head -c 1450 /dev/zero > /dev/udp/" + Lab.VIP + "/53";

    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.LVS);
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    @BeforeEach
    void copyAnew() {
        mirror.copyWith();
    }

    /** What the director sends to real servers goes through a tunnel, say, that takes so many bytes. */
    private static void routes(String mtu) {
        for (String host : mirror.lab().realServers()) {
            String number = host.substring(2);
            mirror.lab().director("ip", "route", "replace", "198.18.1.1" + number, "dev", "eth0", "mtu", mtu);
            mirror.lab().director("ip", "-6", "route", "replace", "2001:db8:1::1" + number, "dev", "eth0", "mtu", mtu);
        }
    }

    private static void uploads(String run, String... more) {
        Path sums = mirror.lab().folder().resolve(run + ".sums");
        Mirror.Mark mark = mirror.mark();
        List<String> options = new ArrayList<>(List.of("--run", run, "--style", "SHORT", "--connections", "4"));
        options.addAll(List.of("--count", "20", "--sizes", "200000", "--bodies", sums.toString()));
        options.addAll(List.of(more));

        LoadResult load = mirror.load(LIMIT, options.toArray(String[]::new));

        Expect.whole(mirror, mark, load, LIMIT);
        List<AccessLog.Line> arrived = mirror.lab().realServers().stream()
                .flatMap(host -> mirror.serverLines(mark, host).stream())
                .toList();
        assertThat(Bodies.ofLog(arrived)).isEqualTo(Bodies.ofFile(sums)).hasSize(20);
        Expect.balancedBooks(mirror);
    }

    @Test
    void uploadsGoThroughATunnelBehindTheDirectorAndNoClientHearsOfIt() {
        routes("1400");
        try (IcmpWatch errors = IcmpWatch.start(mirror.lab(), LONG_DATAGRAM)) {
            uploads("four");
            uploads("six", "--target", IPV6_TARGET, "--from", Lab.CLIENT6);
            String narrow = check();

            assertThat(errors.count()).as("ICMP errors at clients").isZero();
            assertThat(narrow)
                    .contains("FAIL  path to 198.18.1.200:80: packets of 1400 bytes arrive whole")
                    .contains("--mtu 1400")
                    .contains("OK    path to [2001:db8:1::200]:80: packets of 1280 bytes arrive whole");
        } finally {
            routes("1500");
        }
        assertThat(check()).contains("OK    path to 198.18.1.200:80: packets of 1500 bytes arrive whole");
    }

    @Test
    void uploadsGoWhereWhatIsTooLongIsDroppedWithoutAWord() {
        mirror.lab().control("director", "hmark");
        mirror.lab().run("director", "ip", "link", "set", "eth0", "mtu", "1400");
        try {
            uploads("hole");
            uploads("hole6", "--target", IPV6_TARGET, "--from", Lab.CLIENT6);

            assertThat(mirror.copier().metric("replicas_shortened_total")).isPositive();
            assertThat(mirror.copier().log().lines().filter(line -> line.contains("give --mtu 1400")))
                    .hasSize(1);
            assertThat(check())
                    .containsPattern("FAIL  path to 198.18.1.200:80: packets of 140[0-9] bytes arrive whole");
        } finally {
            mirror.lab().run("director", "ip", "link", "set", "eth0", "mtu", "1500");
            mirror.lab().control("director", "lvs");
        }
    }

    /** As traceroute -T has them: they reach online with their last hop. */
    @Test
    void clientsAtTheirLastHopAreCopied() {
        String rules = "table inet hops { chain out { type filter hook output priority mangle;"
                + " ip daddr 198.18.0.10 tcp dport 80 ip ttl set 1; ip6 daddr 2001:db8::10 tcp dport 80 ip6 hoplimit set 1;"
                + " ip daddr 198.18.1.200 udp dport 53 ip ttl set 1; }; }";
        mirror.lab().run("client", "nft", rules);
        try (IcmpWatch errors = IcmpWatch.start(mirror.lab(), "echo canary > /dev/udp/" + Lab.VIP + "/53")) {
            Mirror.Mark mark = mirror.mark();
            LoadResult load = mirror.load(LIMIT, "--run", "last", "--style", "SHORT", "--count", "100");
            Expect.whole(mirror, mark, load, LIMIT);
            Mirror.Mark mark6 = mirror.mark();
            String[] six = {"--target", IPV6_TARGET, "--from", Lab.CLIENT6};
            load = mirror.load(
                    LIMIT, "--run", "last6", "--style", "SHORT", "--count", "100", six[0], six[1], six[2], six[3]);
            Expect.whole(mirror, mark6, load, LIMIT);

            assertThat(errors.count()).as("ICMP errors at clients").isZero();
        } finally {
            mirror.lab().run("client", "nft", "delete table inet hops");
        }
    }

    private static String check() {
        String copier = Lab.home().resolve("bin/copier").toString();
        String servers = String.join(
                ",", mirror.lab().realServers().stream().map(Lab::address).toList());
        String transfers = "198.18.0.10:80-198.18.1.200:80,[2001:db8::10]:80-[2001:db8:1::200]:80";
        String[] words = {copier, "-x", transfers, "-s", servers, "--check", "--probe", "198.18.8.9,2001:db8:8::9"};
        return mirror.lab().attempt("online", words).output();
    }
}
