// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The lab itself, without drcopy: what the other tests stand on. */
@Tag("lab")
class LabTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static Lab lab;
    private static final List<Web> servers = new ArrayList<>();

    @BeforeAll
    static void up() {
        servers.clear();
        lab = Lab.up(Lab.Director.LVS);
        for (String host : lab.realServers()) {
            servers.add(Web.start(lab, host));
        }
    }

    @AfterAll
    static void down() {
        lab.close();
    }

    private static Map<String, Integer> requestsByServer(String run) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Web server : servers) {
            int count = (int) server.log().lines().stream()
                    .filter(line -> line.uri().startsWith("/" + run + "/"))
                    .count();
            counts.put(server.host(), count);
        }
        return counts;
    }

    private static void load(String run, String target, String from) {
        try (LoadProcess load = LoadProcess.start(
                lab, "--run", run, "--target", target, "--from", from, "--style", "SHORT", "--count", "30")) {
            assertThat(load.await(Duration.ofMinutes(1)).answered()).isEqualTo(30);
        }
        Await.until(
                "30 requests are logged",
                LIMIT,
                () -> requestsByServer(run).values().stream().mapToInt(n -> n).sum() == 30);
    }

    @Test
    void lvsGivesEachRealServerItsTurnAndSeesNoAnswer() {
        lab.control("director", "lvs");

        load("rr4", Lab.VIP + ":80", Lab.CLIENT);
        load("rr6", "[" + Lab.VIP6 + "]:80", Lab.CLIENT6);

        assertThat(requestsByServer("rr4")).isEqualTo(Map.of("rs1", 10, "rs2", 10, "rs3", 10));
        assertThat(requestsByServer("rr6")).isEqualTo(Map.of("rs1", 10, "rs2", 10, "rs3", 10));
        Await.until("IPVS has summed up", LIMIT, () -> ipvsColumn(-4).noneMatch(n -> n == 0));
        assertThat(ipvsColumn(-3)).as("OutPkts").hasSize(8).containsOnly(0L);
    }

    /** One column of IPVS's statistics, counted from the last, of port 80's two services and six real servers. */
    private static Stream<Long> ipvsColumn(int place) {
        return lab.director("ipvsadm", "-Ln", "--stats", "--exact")
                .lines()
                .filter(line -> line.contains(":80 "))
                .map(line -> line.strip().split(" +", -1))
                .map(columns -> Long.valueOf(columns[columns.length + place]));
    }

    @Test
    void hashDirectorSpreadsConnections() {
        lab.control("director", "hmark");

        load("hash4", Lab.VIP + ":80", Lab.CLIENT);
        load("hash6", "[" + Lab.VIP6 + "]:80", Lab.CLIENT6);

        assertThat(requestsByServer("hash4").values()).allMatch(count -> count > 0);
        assertThat(requestsByServer("hash6").values()).allMatch(count -> count > 0);
    }

    @Test
    void leakWatchSeesAnswersThatReachClients() {
        try (LeakWatch watch = LeakWatch.start(lab)) {
            assertThat(watch.count()).isZero();

            load("leak", Lab.VIP + ":80", Lab.CLIENT);
            load("leak6", "[" + Lab.VIP6 + "]:80", Lab.CLIENT6);

            assertThat(watch.count()).isGreaterThanOrEqualTo(2 * 30 * 3);
        }
    }

    @Test
    void lossDropsOnTheWire() {
        lab.control("loss", "client", "eth1", "100", "in");
        Shell.Outcome deaf = lab.attempt("client", "curl", "-s", "-m", "1", "http://198.18.1.11/");
        lab.control("loss", "client", "eth1", "off");
        Shell.Outcome well = lab.attempt("client", "curl", "-s", "-m", "20", "http://198.18.1.11/");

        assertThat(deaf.status()).as("curl's timeout").isEqualTo(28);
        assertThat(well.status()).isZero();
    }

    @Test
    void directorChecksTheHealthOfRealServers() {
        lab.control("health", "start");
        Await.until("rs2 is well", LIMIT, () -> lab.control("health", "show").contains("rs2 ok"));
        servers.get(1).close();
        Await.until("rs2 is missed", LIMIT, () -> lab.control("health", "show").contains("rs2 fail"));
        lab.control("health", "stop");
        servers.get(1).start();

        assertThat(lab.control("health", "show")).doesNotContain("rs1 fail").contains("rs1 ok");
    }
}
