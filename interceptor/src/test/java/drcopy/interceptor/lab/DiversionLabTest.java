// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import drcopy.interceptor.InterceptorMain;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server with a VIP on lo, a client that connects to it for real, an interceptor process on the server and a copier that has
 * the route of the client's flow. A counter at the client tells whether a response leaked.
 */
@Tag("lab")
class DiversionLabTest {
    private static final String CLIENT = "ic-client";
    private static final String SERVER = "ic-server";
    private static final AtomicInteger CLIENT_PORT = new AtomicInteger(40_000);

    private String vip = "198.18.78.200";
    private String clientAddress = "198.18.77.1";
    private int clientPort;

    @BeforeEach
    void buildTheNetwork() {
        removeTheNetwork();
        LabProcess.shell("ip netns add ic-client; ip netns add ic-server;"
                + "ip -n ic-client link set lo up; ip -n ic-server link set lo up;"
                + "ip -n ic-client link add eth0 type veth peer name eth0 netns ic-server;"
                + "ip -n ic-client addr add 198.18.77.1/24 dev eth0; ip -n ic-server addr add 198.18.77.2/24 dev eth0;"
                + "ip -n ic-client addr add 2001:db8:77::1/64 dev eth0 nodad;"
                + "ip -n ic-server addr add 2001:db8:77::2/64 dev eth0 nodad;"
                + "ip -n ic-client link set eth0 up; ip -n ic-server link set eth0 up;"
                + "ip -n ic-server addr add 198.18.78.200/32 dev lo;"
                + "ip -n ic-server addr add 2001:db8:78::200/128 dev lo nodad;"
                + "ip -n ic-client route add 198.18.78.200 via 198.18.77.2;"
                + "ip -n ic-client route add 2001:db8:78::200 via 2001:db8:77::2;"
                + "ip netns exec ic-client nft 'add table inet watch; add counter inet watch leaked;"
                + " add chain inet watch input { type filter hook input priority -300; };"
                + " add rule inet watch input tcp sport 8080 counter name leaked'");
    }

    @AfterEach
    void removeTheNetwork() {
        LabProcess.shell("for n in ic-client ic-server; do"
                + " if [ -e /run/netns/$n ]; then"
                + " for p in $(ip netns pids $n); do kill -9 $p || true; done; ip netns del $n; fi; done");
    }

    private LabProcess interceptor(String... options) {
        String[] args = new String[options.length + 2];
        args[0] = "--divert";
        args[1] = "198.18.78.200:8080,[2001:db8:78::200]:8080";
        System.arraycopy(options, 0, args, 2, options.length);
        return LabProcess.java(SERVER, InterceptorMain.class, args).awaitLine("Serves copiers");
    }

    private LabProcess server() {
        return LabProcess.java(SERVER, LabParty.class, "server", vip, "8080").awaitLine("listening");
    }

    private LabProcess copier() {
        clientPort = CLIENT_PORT.incrementAndGet();
        return LabProcess.java(
                        CLIENT,
                        LabParty.class,
                        "copier",
                        "198.18.77.2",
                        "36524",
                        clientAddress,
                        "" + clientPort,
                        vip,
                        "8080")
                .awaitLine("welcome");
    }

    private LabProcess client() {
        return LabProcess.java(CLIENT, LabParty.class, "client", clientAddress, "" + clientPort, vip, "8080");
    }

    private static long leaked() {
        String counter = LabProcess.shell("ip netns exec ic-client nft list counter inet watch leaked");
        return Long.parseLong(counter.replaceAll("(?s).*packets (\\d+) .*", "$1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"route", "nfqueue"})
    void givesResponsesToTheCopierAndNoneToTheClient(String mode) {
        interceptor("--mode", mode);
        server();
        LabProcess copier = copier();
        client().awaitLine("timeout");
        copier.awaitLine("record 7 flags 18");
        assertThat(copier.count("welcome " + mode)).isEqualTo(1);
        assertThat(leaked()).isZero();
    }

    @Test
    void divertsIpv6AsWell() {
        vip = "2001:db8:78::200";
        clientAddress = "2001:db8:77::1";
        interceptor();
        server();
        LabProcess copier = copier();
        client().awaitLine("timeout");
        copier.awaitLine("record 7 flags 18");
        assertThat(leaked()).isZero();
    }

    @Test
    void letsThoseHaveTheRealResponsesThatArePassed() {
        interceptor("-x", "198.18.77.1");
        server();
        LabProcess copier = copier();
        client().awaitLine("connected");
        assertThat(leaked()).isPositive();
        assertThat(copier.count("record")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"route", "nfqueue"})
    void leaksNothingWhenKilledAndGoesOnWhenStartedAgain(String mode) {
        server();
        LabProcess first = interceptor("--mode", mode);
        LabProcess copier = copier();
        LabProcess client = client();
        copier.awaitLine("record 7");
        first.kill();
        copier.awaitLine("broke");
        client.awaitLine("timeout");
        client().awaitLine("timeout");
        assertThat(leaked()).isZero();
        interceptor("--mode", mode);
        LabProcess again = copier();
        client().awaitLine("timeout");
        again.awaitLine("record 7 flags 18");
        assertThat(leaked()).isZero();
    }

    @Test
    void repairsRulesThatSomebodyFlushed() {
        LabProcess interceptor = interceptor();
        long before = System.nanoTime();
        LabProcess.shell("ip netns exec ic-server nft flush ruleset");
        interceptor.awaitLine("was damaged and is put right");
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .as("the kernel tells of the change, nobody waits for the next look")
                .isLessThan(Duration.ofSeconds(2));
        assertThat(LabProcess.shell("ip netns exec ic-server nft list table ip drcopy"))
                .contains("198.18.78.200 . 8080");
    }

    @Test
    void followsTheDeviceWhenItIsDeletedAndMadeAnew() {
        LabProcess interceptor = interceptor();
        server();
        LabProcess copier = copier();
        LabProcess.shell("ip -n ic-server link del drcopy0");
        interceptor.awaitLine("was damaged and is put right");
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            client().awaitLine("timeout");
            return copier.count("record 7") > 0;
        });
        assertThat(leaked()).isZero();
    }

    @Test
    void releaseGivesTheResponsesBackToTheClients() {
        server();
        interceptor().kill();
        LabProcess.java(SERVER, InterceptorMain.class, "release").awaitEnd();
        clientPort = CLIENT_PORT.incrementAndGet();
        client().awaitLine("connected");
        assertThat(LabProcess.shell("ip netns exec ic-server nft list tables; ip -n ic-server rule"))
                .doesNotContain("drcopy", "36524");
    }
}
