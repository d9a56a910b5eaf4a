// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One packet in a hundred is lost, both ways, between the copier's host and everything it talks to. */
@Tag("lab")
class LossTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.LVS);
        mirror.lab().control("loss", "online", "eth1", "1");
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    @Test
    void deliversKeepAliveRequests() {
        Mirror.Mark mark = mirror.mark();
        LoadResult load = mirror.load(
                LIMIT, "--run", "keep", "--rate", "500", "--connections", "30", "--count", Expect.count(4000));
        Expect.whole(mirror, mark, load, LIMIT);
    }

    @Test
    void deliversShortConnections() {
        Mirror.Mark mark = mirror.mark();
        LoadResult load = mirror.load(
                LIMIT, "--run", "short", "--style", "SHORT", "--rate", "400", "--count", Expect.count(2000));
        Expect.whole(mirror, mark, load, LIMIT);
    }

    @Test
    void deliversUploads() {
        Mirror.Mark mark = mirror.mark();
        LoadResult load = mirror.load(
                LIMIT, "--run", "up", "--style", "SHORT", "--sizes", "300000", "--connections", "4", "--count", "8");
        Expect.whole(mirror, mark, load, LIMIT);
    }
}
