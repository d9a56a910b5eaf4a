// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code -x}: the director's health checks and testers get real answers, everybody else none. */
@Tag("lab")
class PassTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TESTER = "198.18.8.99";
    private static Lab lab;

    @BeforeAll
    static void up() {
        lab = Lab.up(Lab.Director.LVS);
        for (String host : lab.realServers()) {
            Web.start(lab, host);
        }
        Agent strict = Agent.interceptor(lab, "rs1", List.of("--divert", "*:80"));
        Agent passing = Agent.interceptor(lab, "rs2", List.of("--divert", "*:80", "-x", Lab.DIRECTOR + "," + TESTER));
        strict.start();
        passing.start();
        strict.awaitReady();
        passing.awaitReady();
    }

    @AfterAll
    static void down() {
        lab.close();
    }

    @Test
    void healthChecksPassWhereTheDirectorIsListed() {
        lab.control("health", "start");
        Await.until("checks of rs2", LIMIT, () -> lab.control("health", "show").contains("rs2 ok 4"));
        lab.control("health", "stop");

        assertThat(lab.control("health", "show"))
                .contains("rs1 fail")
                .doesNotContain("rs1 ok")
                .doesNotContain("rs2 fail");
    }

    @Test
    void testersGetAnswersAndOthersDoNot() {
        assertThat(curl("20", TESTER, "198.18.1.12")).isZero();
        assertThat(curl("1", "198.18.8.98", "198.18.1.12")).as("curl's timeout").isEqualTo(28);
        assertThat(curl("1", TESTER, "198.18.1.11")).as("curl's timeout").isEqualTo(28);
    }

    private static int curl(String seconds, String from, String to) {
        return lab.attempt("client", "curl", "-s", "-m", seconds, "--interface", from, "http://" + to + "/")
                .status();
    }
}
