// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A capture of 50,000 mixed sessions and 1 GB, played in less than 200 MB of memory without being asked to, and as fast as told. Takes minutes: run by name. */
@Tag("lab")
class BigReplay {
    private static final long MOST_BYTES = 200_000_000;
    private static final long GIGABYTE = 1_000_000_000;
    /** What the target, on the same two cores, can take again. */
    private static final String UPLOADS_A_SECOND = "60";

    private static final int SLOWER = Integer.getInteger("replay.slower", 10);
    private static Recording recording;

    @BeforeAll
    static void recordAMix() {
        recording = Recording.of(mix -> {
            mix.load("short", "--style", "SHORT", "--rate", "1500", "--count", Expect.count(46_000));
            mix.load("keep", "--connections", "1000", "--rate", "2000", "--count", Expect.count(30_000));
            mix.uploads("up", "10000,100000,900000", 8, UPLOADS_A_SECOND, Expect.count(3_000));
        });
    }

    @AfterAll
    static void down() {
        recording.close();
    }

    /** The lab made the sessions faster than its target can take ten times as fast; slowed down, a tenth of the time is enough. */
    @Test
    void tenTimesAsFastTakesATenthOfTheTime() {
        Map<String, Integer> before = recording.marks();

        Recording.Replay replay = recording.replay(SlowedCapture.of(recording.capture(), SLOWER), "-a", "10");

        Comparison comparison = recording.compare(recording.arrived(before, recording.issued()));
        System.out.printf(
                "%s%n%.1f s played in %.1f s with -a 10%n", comparison, replay.captureSeconds(), replay.seconds());
        assertThat(comparison.isWhole()).as("%s%n%s", comparison, replay.log()).isTrue();
        assertThat(replay.seconds()).isBetween(replay.captureSeconds() / 10, replay.captureSeconds() / 9);
    }

    @Test
    void needsLessMemoryThanTwoHundredMegabytes() {
        long bytes = recording.capture().toFile().length();
        Map<String, Integer> before = recording.marks();

        Recording.Replay replay = recording.replay(recording.capture(), "-a", "10");

        Map<String, List<AccessLog.Line>> arrived = recording.arrived(before, recording.issued());
        Comparison comparison = recording.compare(arrived);
        System.out.printf(
                "%s%n%,d bytes, %.1f s, played in %.1f s with -a 10, peak memory %,d KiB (%.1f MB)%n",
                comparison,
                bytes,
                replay.captureSeconds(),
                replay.seconds(),
                replay.peakKib(),
                replay.peakKib() * 1024 / 1e6);
        assertThat(comparison.isWhole()).as("%s%n%s", comparison, replay.log()).isTrue();
        List<AccessLog.Line> all =
                arrived.values().stream().flatMap(List::stream).toList();
        assertThat(Bodies.ofLog(all)).isEqualTo(recording.bodies()).isNotEmpty();
        assertThat(recording.leaks()).as("packets that reached clients").isZero();
        assertThat(bytes).isGreaterThan((long) (GIGABYTE * Expect.scale()));
        assertThat(replay.peakKib() * 1024).as("bytes of memory").isPositive().isLessThan(MOST_BYTES);
    }
}
