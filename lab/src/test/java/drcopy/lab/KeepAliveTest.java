// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keep-alive connections, one request at a time on each, through LVS to three real servers. */
@Tag("lab")
class KeepAliveTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.LVS);
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    private static void deliversAll(String... options) {
        Mirror.Mark mark = mirror.mark();
        LoadResult load = mirror.load(LIMIT, options);
        Expect.shared(Expect.whole(mirror, mark, load, LIMIT));
        Expect.balancedBooks(mirror);
    }

    @Test
    void deliversFiveHundredASecond() {
        deliversAll("--run", "low", "--rate", "500", "--connections", "10", "--count", Expect.count(3000));
    }

    @Test
    void deliversFiveThousandASecond() {
        deliversAll("--run", "medium", "--rate", "5000", "--connections", "50", "--count", Expect.count(30_000));
    }

    @Test
    void deliversWhatSaturatedHostsSend() {
        deliversAll("--run", "full", "--connections", "50", "--count", Expect.count(60_000));
    }

    @Test
    void deliversOverIpv6() {
        deliversAll(
                "--run",
                "six",
                "--target",
                "[" + Lab.ONLINE6 + "]:80",
                "--from",
                Lab.CLIENT6,
                "--rate",
                "2000",
                "--connections",
                "30",
                "--count",
                Expect.count(6000));
    }

    @Test
    void deliversHalfClosedConnections() {
        deliversAll("--run", "half", "--style", "HALF_CLOSE", "--rate", "300", "--count", Expect.count(600));
    }

    @Test
    void deliversPagesOfTwentyKilobytes() {
        deliversAll("--run", "page/r", "--rate", "500", "--connections", "20", "--count", Expect.count(1500));
    }
}
