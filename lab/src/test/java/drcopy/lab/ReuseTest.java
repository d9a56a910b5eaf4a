// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same client address and port, for two services at once and again soon after a reset. */
@Tag("lab")
class ReuseTest {
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

    @Test
    void deliversOnePortsRequestsToTwoServices() {
        Mirror.Mark mark = mirror.mark();
        LoadResult load = mirror.load(
                LIMIT,
                "--run",
                "two",
                "--target",
                "198.18.0.10:80,198.18.0.10:8080",
                "--port",
                "20000",
                "--clients",
                "20",
                "--connections",
                "40",
                "--rate",
                "400",
                "--count",
                Expect.count(1200));
        Expect.whole(mirror, mark, load, LIMIT);
    }

    @Test
    void deliversConnectionsThatReuseTheirPortThreeTenthsOfASecondAfterReset() {
        Mirror.Mark mark = mirror.mark();
        LoadResult load = mirror.load(
                LIMIT,
                "--run",
                "reset",
                "--style",
                "RESET",
                "--target",
                "198.18.0.10:80,198.18.0.10:8080",
                "--port",
                "21000",
                "--clients",
                "20",
                "--connections",
                "40",
                "--pause",
                "0.3",
                "--count",
                Expect.count(600));
        Expect.whole(mirror, mark, load, LIMIT);
    }
}
