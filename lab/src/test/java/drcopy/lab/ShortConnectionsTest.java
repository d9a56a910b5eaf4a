// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A connection for each request: where the predecessor loses half, or stops for good. */
@Tag("lab")
class ShortConnectionsTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Most sessions and lingering replicas that are left when nothing has been going on for a while. */
    private static final long BOUNDED_TABLE = 20_000;

    private Mirror mirror;

    @BeforeEach
    void up() {
        mirror = Mirror.up(Lab.Director.LVS);
    }

    @AfterEach
    void down() {
        mirror.close();
    }

    @Test
    void deliversTwentyThousandAtTwoThousandASecondAndSixtyThousandAtEightThousandToASlowTargetAndForgetsThem() {
        Mirror.Mark begun = mirror.mark();
        Expect.shared(Expect.whole(mirror, begun, offer("s20", 2000, 20_000), LIMIT));
        Expect.balancedBooks(mirror);

        mirror.slowTarget();
        Mirror.Mark mark = mirror.mark();
        Expect.shared(Expect.whole(mirror, mark, offer("s60", 8000, 60_000), LIMIT));
        Expect.balancedBooks(mirror);
        Agent copier = mirror.copier();
        Await.until("the sessions are forgotten", LIMIT, () -> copier.metric("sessions") == 0);
        assertThat(copier.metric("segments_held")).isZero();
        assertThat(copier.metric("bytes_held")).isZero();
        assertThat(copier.metric("replicas_lingering")).isLessThan(BOUNDED_TABLE);
        Await.until(
                "the routes are forgotten",
                LIMIT,
                () -> mirror.interceptors().stream()
                                .mapToLong(interceptor -> interceptor.metric("routes"))
                                .sum()
                        < BOUNDED_TABLE);
    }

    private LoadResult offer(String run, int perSecond, int count) {
        return mirror.load(
                LIMIT,
                "--run",
                run,
                "--style",
                "SHORT",
                "--rate",
                Integer.toString(perSecond),
                "--connections",
                Integer.toString(perSecond / 2),
                "--count",
                Expect.count(count));
    }

    @Test
    void aTunnelThatIsFullDoesNotStopCopying() {
        Agent stuck = mirror.interceptor("rs2");
        Mirror.Mark begun = mirror.mark();
        try (LoadProcess load = LoadProcess.start(
                mirror.lab(),
                "--run",
                "stuck",
                "--style",
                "SHORT",
                "--rate",
                "3000",
                "--connections",
                "2000",
                "--count",
                Expect.count(24_000))) {
            Await.until("the load flows", LIMIT, () -> mirror.copier().metric("sessions_opened_total") > 3000);
            stuck.signal("STOP");
            Await.until("the load ends", LIMIT, () -> !load.isAlive());
            stuck.signal("CONT");
            LoadResult result = load.await(LIMIT);
            assertThat(result.answered()).as("online is not disturbed").isEqualTo(result.issued());
        }

        // What was sent meanwhile is delivered late or shed with a count; what comes now is delivered.
        Await.until("what was in the works ended", LIMIT, () -> mirror.copier().metric("segments_held") == 0);
        Expect.balancedBooks(mirror);
        Comparison past = mirror.settle(begun, LIMIT);
        System.out.println("past a full tunnel: " + past + ", segments dropped " + shed());
        assertThat(past.online() - past.delivered()).as("missing requests").isLessThanOrEqualTo(shed());
        Mirror.Mark mark = mirror.mark();
        LoadResult load = mirror.load(
                LIMIT, "--run", "after", "--style", "SHORT", "--rate", "1000", "--count", Expect.count(2000));
        Expect.shared(Expect.whole(mirror, mark, load, LIMIT));
    }

    /** Segments dropped for a reason that loses a request. */
    private long shed() {
        Agent copier = mirror.copier();
        return copier.metric("dropped_segments_total")
                - copier.metric("dropped_segments_total{reason=\"pure_ack\"}")
                - copier.metric("dropped_segments_total{reason=\"duplicate\"}");
    }
}
