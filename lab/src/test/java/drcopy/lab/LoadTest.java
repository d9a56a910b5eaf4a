// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The load generator against a real nginx: each style does what it says, seen in the server's log. */
@Tag("lab")
class LoadTest {
    private static Lab lab;
    private static Web online;

    @BeforeAll
    static void up() {
        lab = Lab.up(Lab.Director.HMARK);
        online = Web.start(lab, "online");
    }

    @AfterAll
    static void down() {
        lab.close();
    }

    private static LoadResult load(String run, String... options) {
        String[] words = new String[options.length + 2];
        words[0] = "--run";
        words[1] = run;
        System.arraycopy(options, 0, words, 2, options.length);
        try (LoadProcess load = LoadProcess.start(lab, words)) {
            return load.await(Duration.ofMinutes(1));
        }
    }

    private static List<AccessLog.Line> logged(String run, long count) {
        Await.until(
                count + " requests of " + run,
                Duration.ofSeconds(30),
                () -> lines(run).size() == count);
        return lines(run);
    }

    private static List<AccessLog.Line> lines(String run) {
        return online.log().lines().stream()
                .filter(line -> line.uri().contains("/" + run + "/"))
                .toList();
    }

    @Test
    void keepsAliveAtTheRateAskedFor() {
        LoadResult result = load("keep", "--rate", "1000", "--connections", "40", "--count", "2000");

        assertThat(result.answered()).isEqualTo(2000);
        assertThat(result.elapsedMs()).isGreaterThanOrEqualTo(1900L);
        List<AccessLog.Line> lines = logged("keep", 2000);
        assertThat(lines.stream().map(AccessLog.Line::client).distinct()).hasSize(40);
        assertThat(lines.stream().map(AccessLog.Line::uri).distinct()).hasSize(2000);
        assertThat(lines.stream().mapToInt(AccessLog.Line::number).max().orElse(0))
                .isBetween(50, 200);
    }

    @Test
    void opensShortConnectionsFromManyAddresses() {
        LoadResult result =
                load("short", "--style", "SHORT", "--rate", "2000", "--connections", "400", "--count", "2000");

        assertThat(result.answered()).isEqualTo(2000);
        List<AccessLog.Line> lines = logged("short", 2000);
        assertThat(lines).allMatch(line -> line.number() == 1);
        assertThat(lines.stream().map(AccessLog.Line::client).distinct()).hasSizeGreaterThan(1900);
        assertThat(lines.stream()
                        .map(line -> line.client().replaceAll(":\\d+$", ""))
                        .distinct())
                .hasSize(200);
    }

    @Test
    void halfClosesAndStillReadsItsAnswer() {
        assertThat(load("half", "--style", "HALF_CLOSE", "--count", "50").answered())
                .isEqualTo(50);
        logged("half", 50);
    }

    @Test
    void usesOnePortForTwoServicesAgainAfterReset() {
        LoadResult result = load(
                "reuse",
                "--style",
                "RESET",
                "--target",
                "198.18.0.10:80,198.18.0.10:8080",
                "--port",
                "20000",
                "--clients",
                "5",
                "--connections",
                "10",
                "--pause",
                "0.3",
                "--count",
                "30");

        assertThat(result.answered()).isEqualTo(30);
        assertThat(logged("reuse", 30).stream().map(AccessLog.Line::client).distinct())
                .hasSize(5)
                .allMatch(client -> client.endsWith(":20000"));
    }

    @Test
    void uploadsBodiesWithKnownSums() throws Exception {
        var sums = lab.folder().resolve("sums");
        LoadResult result = load(
                "upload",
                "--style",
                "SHORT",
                "--sizes",
                "1000,100000,2000000",
                "--connections",
                "3",
                "--count",
                "6",
                "--bodies",
                sums.toString());

        assertThat(result.answered()).isEqualTo(6);
        assertThat(Bodies.ofLog(logged("upload", 6)))
                .isEqualTo(Bodies.ofFile(sums))
                .hasSize(6);
    }

    @Test
    void drivesOneConnectionAtTenThousandASecond() {
        LoadResult result = load("fast", "--rate", "10000", "--connections", "1", "--seconds", "2");

        assertThat(result.answered()).isEqualTo(result.issued());
        System.out.println("one connection: " + result);
    }

    @Test
    void countsWhatFails() {
        LoadResult refused = load("refused", "--target", "198.18.0.10:81", "--count", "5", "--rate", "50");
        assertThat(refused.broken()).isEqualTo(5);

        LoadResult lost =
                load("lost", "--target", "198.18.0.99:80", "--count", "2", "--rate", "50", "--timeout", "0.5");
        assertThat(lost.timedOut() + lost.broken()).isEqualTo(2);
    }

    @Test
    void worksOverIpv6() {
        LoadResult result = load(
                "six",
                "--target",
                "[" + Lab.ONLINE6 + "]:80",
                "--from",
                Lab.CLIENT6,
                "--count",
                "300",
                "--connections",
                "200");

        assertThat(result.answered()).isEqualTo(300);
        assertThat(logged("six", 300)).anyMatch(line -> line.client().startsWith("2001:db8:8::c8:"));
    }
}
