// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Request bodies at line rate arrive byte for byte. */
@Tag("lab")
class UploadsTest {
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

    private static void deliversAll(String run, String offload, String connections, String count, String sizes) {
        mirror.lab().control("offload", offload);
        Path sums = mirror.lab().folder().resolve(run + ".sums");
        Mirror.Mark mark = mirror.mark();

        LoadResult load = mirror.load(
                LIMIT,
                "--run",
                run,
                "--style",
                "SHORT",
                "--connections",
                connections,
                "--count",
                count,
                "--sizes",
                sizes,
                "--bodies",
                sums.toString());

        Expect.whole(mirror, mark, load, LIMIT);
        List<AccessLog.Line> arrived = mirror.lab().realServers().stream()
                .flatMap(host -> mirror.serverLines(mark, host).stream())
                .toList();
        assertThat(Bodies.ofLog(arrived)).isEqualTo(Bodies.ofFile(sums)).hasSize(Integer.parseInt(count));
        Expect.balancedBooks(mirror);
    }

    @Test
    void deliversTwentyOfOneMegabyteTenAtATime() {
        deliversAll("mega", "off", "10", "20", "1000000");
    }

    @Test
    void deliversTwentyOfOneMegabyteTenAtATimeWithOffload() {
        deliversAll("megaon", "on", "10", "20", "1000000");
    }

    /** Twenty megabytes come while the copier gets no time at all: the capture ring has room for them, with offload or without. */
    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void deliversUploadsThatCameWhileTheCopierStoodStill(String offload) {
        mirror.lab().control("offload", offload);
        long lost = mirror.copier().metric("capture_kernel_drops_total");
        Mirror.Mark mark = mirror.mark();
        mirror.copier().signal("STOP");
        LoadResult load;
        try {
            load = mirror.load(
                    LIMIT,
                    "--run",
                    "still" + offload,
                    "--style",
                    "SHORT",
                    "--connections",
                    "10",
                    "--count",
                    "20",
                    "--sizes",
                    "1000000");
        } finally {
            mirror.copier().signal("CONT");
        }

        Expect.whole(mirror, mark, load, LIMIT);
        assertThat(mirror.copier().metric("capture_kernel_drops_total")).isEqualTo(lost);
    }

    @Test
    void deliversBodiesOfAllSizesWithOffload() {
        deliversAll("sizes", "on", "4", "8", "1000,100000,2000000,20000000");
    }
}
