// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One part of the mirror after the other fails and comes back under keep-alive connections in mid-use. Each time is taken how long it
 * lasts from the end of the fault until the target has got as many requests as production by then: the table of faults in
 * docs/OPERATIONS.md has these times.
 */
@Tag("lab")
class FaultsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String ZOOKEEPER = "198.18.1.10:2181";
    private static final int REQUESTS = 200;
    private static final int CONNECTIONS = 20;
    private static final String PRELOAD = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    private static final byte[] FILLING = new byte[4096];

    private static Mirror mirror;
    private static Agent coordinator;
    private static Path disk;
    private static Path log;
    private static Path clock;

    @BeforeAll
    static void up() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK);
        disk = Files.createDirectories(lab.folder().resolve("disk"));
        log = disk.resolve("copier.log");
        clock = Files.writeString(lab.folder().resolve("clock"), "+0");
        Shell.run(LIMIT, "mount", "-t", "tmpfs", "-o", "size=1m", "drcopy-lab", disk.toString());
        coordinator = Agent.coordinator(
                lab,
                "online",
                List.of("--data", lab.folder().resolve("zookeeper").toString()));
        coordinator.start();
        coordinator.awaitReady();
        mirror = Mirror.up(
                lab,
                List.of("-x", Mirror.transfers(), "-z", ZOOKEEPER, "-l", log.toString()),
                List.of("--divert", Mirror.diverted(), "-z", ZOOKEEPER));
        awaitInterceptors(3);
    }

    @AfterAll
    static void down() {
        coordinator.close();
        mirror.close();
        Shell.run(LIMIT, "umount", disk.toString());
    }

    private static LoadProcess load(String run) {
        return LoadProcess.start(
                mirror.lab(),
                "--run",
                run,
                "--rate",
                "200",
                "--connections",
                Integer.toString(CONNECTIONS),
                "--seconds",
                "240");
    }

    private static LoadResult end(LoadProcess load) {
        load.finish();
        LoadResult result = load.await(LIMIT);
        assertThat(result.answered()).as("answered online: %s", result).isEqualTo(result.issued());
        return result;
    }

    @Test
    void everyPartComesBackFromItsFaults() {
        killCopier();
        deliverAllThroughFaults();
    }

    /** Sessions of that moment end with it; those under way are joined. */
    private static void killCopier() {
        Mirror.Mark begun = mirror.mark();
        try (LoadProcess load = load("copier")) {
            awaitRequests(begun, REQUESTS);
            mirror.copier().kill();
            awaitRequests(mirror.mark(), REQUESTS);
            Mirror.Mark started = mirror.mark();
            long startNs = System.nanoTime();
            mirror.copier().under(ownClock());
            mirror.copier().start();
            Await.until("a request arrives", LIMIT, () -> arrived(started) > 0);
            say("copier killed (from its start to the first request)", startNs);
            mirror.copier().awaitReady();
            awaitInterceptors(3);
            end(load);
            awaitLastRequests(started);
        }
        assertThat(mirror.leaks()).isZero();
        Expect.balancedBooks(mirror);
    }

    private static void deliverAllThroughFaults() {
        Agent killed = mirror.interceptor("rs1");
        Agent stopped = mirror.interceptor("rs2");
        Agent left = mirror.interceptor("rs3");
        Mirror.Mark mark = mirror.mark();
        try (LoadProcess load = load("faults")) {
            fault("interceptor killed", mark, killed::kill, () -> {
                killed.under(ownClock());
                restart(killed);
            });
            fault("interceptor stopped", mark, () -> stopped.signal("STOP"), () -> stopped.signal("CONT"));
            fault("interceptor gone from the pool", mark, () -> leave(left), () -> restart(left));
            fault("copier stopped", mark, () -> mirror.copier().signal("STOP"), () -> mirror.copier()
                    .signal("CONT"));
            fault("ZooKeeper killed", mark, coordinator::kill, FaultsTest::restartZooKeeper);
            fault("disk of the log full", mark, FaultsTest::fillDisk, FaultsTest::emptyDisk);
            fault("clock an hour ahead", mark, () -> setClock(1), () -> {});
            fault("clock set back by two hours", mark, () -> setClock(-1), () -> {});
            Expect.shared(Expect.whole(mirror, mark, end(load), LIMIT));
        }
        Expect.balancedBooks(mirror);
    }

    private static void fault(String name, Mirror.Mark mark, Runnable begin, Runnable end) {
        begin.run();
        awaitRequests(mirror.mark(), REQUESTS);
        end.run();
        long endNs = System.nanoTime();
        int due = mirror.onlineLines(mark).size();
        Await.until(name + ": all has arrived", LIMIT, () -> arrived(mark) >= due);
        say(name, endNs);
        awaitRequests(mirror.mark(), REQUESTS / 4);
    }

    private static void say(String fault, long sinceNs) {
        System.out.printf("fault: %s: back after %d ms%n", fault, (System.nanoTime() - sinceNs) / 1_000_000);
    }

    private static int arrived(Mirror.Mark mark) {
        return mirror.lab().realServers().stream()
                .mapToInt(host -> mirror.serverLines(mark, host).size())
                .sum();
    }

    private static void awaitRequests(Mirror.Mark mark, int count) {
        Await.until(
                count + " more requests online",
                LIMIT,
                () -> mirror.onlineLines(mark).size() >= count);
    }

    /** What comes later than the next mark would count as a stranger's. */
    private static void awaitLastRequests(Mirror.Mark mark) {
        List<AccessLog.Line> lines = mirror.onlineLines(mark);
        List<String> last = requests(lines.subList(lines.size() - CONNECTIONS, lines.size()));
        Await.until("the last request of each connection has arrived", LIMIT, () -> mirror.lab().realServers().stream()
                .flatMap(host -> requests(mirror.serverLines(mark, host)).stream())
                .collect(Collectors.toSet())
                .containsAll(last));
    }

    private static List<String> requests(List<AccessLog.Line> lines) {
        return lines.stream().map(AccessLog.Line::uri).toList();
    }

    private static void awaitInterceptors(int count) {
        Await.until(count + " interceptors are up", LIMIT, () -> mirror.copier().metric("interceptors_up") == count);
    }

    private static void restart(Agent interceptor) {
        interceptor.start();
        interceptor.awaitReady();
    }

    private static void leave(Agent interceptor) {
        interceptor.close();
        awaitInterceptors(2);
    }

    private static void restartZooKeeper() {
        coordinator.start();
        coordinator.awaitReady();
        Await.until("the copier has ZooKeeper", LIMIT, () -> mirror.copier().metric("zookeeper_connected") == 1);
    }

    private static void fillDisk() {
        Path filling = disk.resolve("filling");
        try (OutputStream out = Files.newOutputStream(filling)) {
            while (Files.size(filling) < Integer.MAX_VALUE) {
                out.write(FILLING);
            }
        } catch (IOException full) {
            long size = size();
            report();
            awaitRequests(mirror.mark(), REQUESTS / 4);
            assertThat(size()).as("the log's size on a full disk").isLessThan(size + FILLING.length);
            return;
        }
        throw new AssertionError("the disk never gets full");
    }

    private static void emptyDisk() {
        try {
            Files.delete(disk.resolve("filling"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long size = size();
        long endNs = System.nanoTime();
        Await.until("the log goes on", LIMIT, () -> {
            report();
            return size() > size + FILLING.length;
        });
        say("disk of the log full (its next lines)", endNs);
    }

    private static long size() {
        return log.toFile().length();
    }

    /** Makes the copier write to its log. */
    private static void report() {
        mirror.copier().signal("USR1");
    }

    /** A command that runs another with a wall clock of its own; the monotonic clock, which no jump moves, stays the kernel's. */
    private static List<String> ownClock() {
        return List.of(
                "env",
                "LD_PRELOAD=" + PRELOAD,
                "FAKETIME_TIMESTAMP_FILE=" + clock,
                "FAKETIME_CACHE_DURATION=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "FAKETIME_FORCE_MONOTONIC_FIX=0");
    }

    /** Returns when the copier tells that time. */
    private static void setClock(int hours) {
        try {
            Files.writeString(
                    clock, (hours < 0 ? "" : "+") + Duration.ofHours(hours).toSeconds());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LocalDateTime wanted = LocalDateTime.now(ZoneId.systemDefault()).plusHours(hours);
        Await.until("the copier's clock is " + hours + " hours off", LIMIT, () -> {
            report();
            return Duration.between(lastReport(), wanted).abs().toMinutes() < 10;
        });
    }

    private static LocalDateTime lastReport() {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("SIGUSR1:"))
                    .reduce((before, line) -> line)
                    .map(line -> LocalDateTime.parse(line.substring(0, line.indexOf(' '))))
                    .orElse(LocalDateTime.MIN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
