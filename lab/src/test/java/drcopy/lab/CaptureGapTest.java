// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A segment that the capture misses, though online got it: the filter leaves out one size of packet. */
@Tag("lab")
class CaptureGapTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int REQUESTS = 9;

    @Test
    void losesThatRequestCountsItAndDeliversTheNext() {
        try (Mirror mirror = Mirror.up(
                Lab.Director.LVS,
                "-F",
                "tcp and dst host 198.18.0.10 and dst port 80 and not (ip[2:2] >= 900 and ip[2:2] < 1300)")) {
            Mirror.Mark mark = mirror.mark();

            LoadResult load = mirror.load(
                    LIMIT,
                    "--run",
                    "gap",
                    "--connections",
                    "1",
                    "--rate",
                    "4",
                    "--count",
                    Integer.toString(REQUESTS),
                    "--sizes",
                    "100,200,300,400,800,600,500,100,200");

            assertThat(load.answered()).isEqualTo(REQUESTS);
            Await.until("the last request is delivered", LIMIT, () -> mirror.lab().realServers().stream()
                    .flatMap(host -> mirror.serverLines(mark, host).stream())
                    .anyMatch(line -> line.uri().endsWith("/gap/0-" + (REQUESTS - 1))));
            Await.until(
                    "online logged its requests",
                    LIMIT,
                    () -> mirror.onlineLines(mark).size() >= REQUESTS);
            Comparison comparison = mirror.compare(mark);
            assertThat(comparison.online()).isEqualTo(REQUESTS);
            assertThat(comparison.missing())
                    .as("%s%n%s", comparison, Expect.state(mirror))
                    .singleElement()
                    .asString()
                    .endsWith("POST /up/gap/0-4");
            assertThat(comparison.foreign() + comparison.duplicates() + comparison.broken())
                    .isZero();
            assertThat(mirror.copier().metric("capture_holes_total")).isEqualTo(1);
            Expect.balancedBooks(mirror);
            assertThat(mirror.leaks()).isZero();
        }
    }
}
