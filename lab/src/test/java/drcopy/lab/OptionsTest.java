// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which sessions are copied, how often, and under which addresses: {@code -n -f -r -g -c}. */
@Tag("lab")
class OptionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration HOPELESS = Duration.ofSeconds(9);
    private static Mirror mirror;

    @BeforeAll
    static void up() {
        mirror = Mirror.up(Lab.Director.LVS);
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    /** Runs a load and waits until the real servers have got so many times as much as online, or no more comes. */
    private static Mirror.Mark play(int times, String... load) {
        Mirror.Mark mark = mirror.mark();
        LoadResult result = mirror.load(LIMIT, load);
        assertThat(result.answered()).as("answered online: %s", result).isEqualTo(result.issued());
        Await.until("online logged", LIMIT, () -> mirror.onlineLines(mark).size() >= result.issued());
        awaitQuiet(mark, times * result.issued());
        return mark;
    }

    /** Until nothing more comes: for a moment when as much has come as is expected, else for longer than a retransmission. */
    private static void awaitQuiet(Mirror.Mark since, long expected) {
        long[] seen = {-1, System.nanoTime()};
        Await.happens(LIMIT, () -> {
            long count = arrived(since).size();
            if (count != seen[0]) {
                seen[0] = count;
                seen[1] = System.nanoTime();
            }
            Duration quiet = Duration.ofNanos(System.nanoTime() - seen[1]);
            return quiet.compareTo(count >= expected ? QUIET : HOPELESS) > 0;
        });
    }

    private static List<AccessLog.Line> arrived(Mirror.Mark since) {
        return mirror.lab().realServers().stream()
                .flatMap(host -> mirror.serverLines(since, host).stream())
                .toList();
    }

    /** Every request of online's arrived just so often. */
    private static void arrivedEach(int times, Mirror.Mark since) {
        Map<String, Integer> counts = new HashMap<>();
        mirror.onlineLines(since).forEach(line -> counts.put(line.uri(), 0));
        arrived(since).forEach(line -> counts.merge(line.uri(), 1, Integer::sum));
        long right = counts.values().stream().filter(count -> count == times).count();
        System.out.printf(
                "%d requests online, %d at the target%n",
                counts.size(), arrived(since).size());
        assertThat(right)
                .as("of %s requests, arrived %s times; %s", counts.size(), times, Expect.state(mirror))
                .isEqualTo(counts.size());
        assertThat(mirror.leaks()).as("packets that reached clients").isZero();
        Expect.balancedBooks(mirror);
    }

    @Test
    void replicasAreWholeSessions() {
        mirror.copyWith("-n", "3");

        arrivedEach(3, play(3, "--run", "n3", "--rate", "300", "--connections", "20", "--count", "900"));
        arrivedEach(3, play(3, "--run", "n3s", "--style", "SHORT", "--rate", "150", "--count", "300"));
    }

    @Test
    void hundredReplicasOfTwoHundredPortsOfOneClientDoNotCollide() {
        mirror.copyWith("-n", "100");

        arrivedEach(
                100,
                play(100, "--run", "n100", "--clients", "1", "--rate", "50", "--connections", "200", "--count", "300"));
    }

    @Test
    void copiersOfAnyInstanceNumbersDeliverOnceEach() {
        mirror.copyWith("-f", "0");
        List<Agent> others =
                List.of(mirror.another(1, "-f", "1"), mirror.another(2, "-f", "20"), mirror.another(3, "-f", "1023"));
        try {
            others.forEach(Agent::start);
            others.forEach(Agent::awaitReady);

            arrivedEach(4, play(4, "--run", "four", "--rate", "200", "--connections", "20", "--count", "600"));
            arrivedEach(4, play(4, "--run", "fours", "--style", "SHORT", "--rate", "100", "--count", "200"));
        } finally {
            others.forEach(Agent::close);
        }
    }

    @Test
    void ratioHoldsForSequentialPortsUnderReplacedAddresses() {
        mirror.copyWith("-r", "20", "-c", "198.18.9.x,198.18.10.0/28,2001:db8:9::/120");

        Mirror.Mark mark = play(
                0,
                "--run",
                "r20",
                "--style",
                "SHORT",
                "--clients",
                "1",
                "--port",
                "20000",
                "--connections",
                "10000",
                "--rate",
                "2500",
                "--count",
                "10000");

        Await.happens(LIMIT, () -> replaced(mark, "/r20/") > 1900);
        System.out.printf("-r 20 -c: %d of 10,000%n", replaced(mark, "/r20/"));
        assertThat(replaced(mark, "/r20/")).isBetween(1900L, 2100L);
        assertThat(arrived(mark)).as("with the client's own address").isEmpty();
        assertThat(mirror.leaks()).as("packets that reached clients").isZero();
    }

    @Test
    void rampEndsWithEverySession() {
        mirror.copyWith("-g", "5");

        Mirror.Mark mark = play(0, "--run", "g", "--style", "SHORT", "--rate", "200", "--count", "400");

        System.out.printf("--gradual 5: %d of the first 400%n", arrived(mark).size());
        assertThat(arrived(mark).size()).isLessThan(400);
        Await.until("the ramp is over", LIMIT, () -> {
            Mirror.Mark now = play(0, "--run", "ramp" + System.nanoTime(), "--style", "SHORT", "--count", "50");
            return arrived(now).size() == 50;
        });
    }

    /** Requests below a path that came from addresses of the list, not from clients' own. */
    private static long replaced(Mirror.Mark since, String path) {
        return mirror.lab().realServers().stream()
                .flatMap(host -> {
                    List<AccessLog.Line> lines = mirror.server(host).log().lines();
                    return lines.subList(since.servers().get(host), lines.size()).stream();
                })
                .filter(line -> line.uri().startsWith(path))
                .filter(line ->
                        line.client().startsWith("198.18.9.") || line.client().startsWith("198.18.10."))
                .count();
    }
}
