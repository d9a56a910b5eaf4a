// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What tcpdump wrote online is played through the director against real servers, with real interceptors. */
@Tag("lab")
class OfflineReplayTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String TRANSFER = Lab.ONLINE + ":80-" + Lab.VIP + ":80";
    private static final Pattern PLAYED = Pattern.compile("played ([0-9.]+) s of capture in ([0-9.]+) s");

    private static Lab lab;
    private static Web online;
    private static final Map<String, Web> servers = new LinkedHashMap<>();
    private static final List<Agent> interceptors = new ArrayList<>();
    private static LeakWatch leaks;
    private static Path capture;
    private static Path sums;
    private static long issued;

    @BeforeAll
    static void recordAMix() {
        issued = 0;
        servers.clear();
        interceptors.clear();
        lab = Lab.up(Lab.Director.LVS);
        online = Web.start(lab, "online");
        capture = lab.folder().resolve("mix.pcap");
        sums = lab.folder().resolve("mix.sums");
        List<String> words =
                List.of("tcpdump", "-i", "any", "-p", "-Z", "root", "-B", "65536", "-U", "-w", capture.toString());
        List<String> command = new ArrayList<>(words);
        command.addAll(List.of("-s", "0", "tcp port 80"));
        try (HostProcess tcpdump = lab.start("online", "tcpdump.log", command)) {
            Await.until("tcpdump listens", Duration.ofSeconds(10), () -> tcpdump.output()
                    .contains("listening on"));
            issued += load("short", "--style", "SHORT", "--rate", "400", "--count", Expect.count(600));
            issued += load("keep", "--connections", "20", "--rate", "500", "--count", Expect.count(1000));
            String[] uploads = {"--style", "SHORT", "--connections", "4", "--count", Expect.count(12)};
            issued += load("up", uploads, "--sizes", "1000,100000,1000000", "--bodies", sums.toString());
            awaitWritten();
        }
        for (String host : lab.realServers()) {
            servers.put(host, Web.start(lab, host));
            interceptors.add(Agent.interceptor(lab, host, List.of("--divert", Lab.VIP + ":80")));
        }
        interceptors.forEach(Agent::start);
        interceptors.forEach(Agent::awaitReady);
        leaks = LeakWatch.start(lab);
    }

    /** What tcpdump has not read yet is lost when it ends. */
    private static void awaitWritten() {
        long[] last = {-1, 0};
        Await.until("the capture grows no more", LIMIT, () -> {
            long size = capture.toFile().length();
            if (size != last[0]) {
                last[0] = size;
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > Duration.ofSeconds(2).toNanos();
        });
    }

    @AfterAll
    static void down() {
        interceptors.forEach(Agent::close);
        leaks.close();
        lab.close();
    }

    private static long load(String run, String[] options, String... more) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of(more));
        return load(run, all.toArray(String[]::new));
    }

    private static long load(String run, String... options) {
        List<String> words = new ArrayList<>(List.of("--run", run));
        words.addAll(List.of(options));
        try (LoadProcess load = LoadProcess.start(lab, words.toArray(String[]::new))) {
            LoadResult result = load.await(LIMIT);
            assertThat(result.answered()).isEqualTo(result.issued());
            return result.answered();
        }
    }

    /** Plays the capture to its end; what the copier said. */
    private static String replay(Path file, String... options) {
        List<String> words = new ArrayList<>(List.of("-i", file.toString(), "-x", TRANSFER, "-s"));
        words.add(lab.realServers().stream().map(Lab::address).collect(Collectors.joining(",")));
        words.addAll(List.of(options));
        try (Agent copier = Agent.copier(lab, words)) {
            copier.start();
            assertThat(copier.await(LIMIT)).as("exit code; %s", copier.log()).isZero();
            return copier.log();
        }
    }

    private static List<AccessLog.Line> logged(Web web, int from) {
        List<AccessLog.Line> lines = web.log().lines();
        return lines.subList(from, lines.size()).stream()
                .filter(line -> line.client().startsWith("198.18.8."))
                .toList();
    }

    private static Map<String, List<AccessLog.Line>> arrived(Map<String, Integer> from, long expected) {
        Await.happens(
                Duration.ofSeconds(10),
                () -> servers.values().stream()
                                .mapToLong(
                                        web -> logged(web, from.get(web.host())).size())
                                .sum()
                        >= expected);
        return servers.values().stream().collect(Collectors.toMap(Web::host, web -> logged(web, from.get(web.host()))));
    }

    private static Map<String, Integer> marks() {
        return servers.values().stream()
                .collect(Collectors.toMap(Web::host, web -> web.log().lines().size()));
    }

    /** What the last replay said: all of them write to one log. */
    private static double[] played(String log) {
        Matcher matcher = PLAYED.matcher(log);
        double[] played = null;
        while (matcher.find()) {
            played = new double[] {Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2))};
        }
        assertThat(played).as(log).isNotNull();
        return played;
    }

    @Test
    void deliversEverySessionWithItsBytesTenTimesAsFast() {
        Map<String, Integer> before = marks();

        String log = replay(capture, "-a", "10");

        Map<String, List<AccessLog.Line>> arrived = arrived(before, issued);
        Comparison comparison = Comparison.of(logged(online, 0), arrived);
        System.out.println(comparison);
        assertThat(comparison.online()).isEqualTo(issued);
        assertThat(comparison.isWhole()).as("%s%n%s", comparison, log).isTrue();
        assertThat(comparison.share().values()).allMatch(count -> count > 0);
        List<AccessLog.Line> all =
                arrived.values().stream().flatMap(List::stream).toList();
        assertThat(Bodies.ofLog(all)).isEqualTo(Bodies.ofFile(sums)).isNotEmpty();
        double[] played = played(log);
        System.out.printf("-a 10: %.2f s of capture in %.2f s%n", played[0], played[1]);
        assertThat(played[1]).isGreaterThan(played[0] / 10 - 0.01);
        assertThat(leaks.count()).as("packets that reached clients").isZero();
    }

    @Test
    void repeatsWithNewSessionsOutOfACompressedFile() throws IOException {
        Path packed = lab.folder().resolve("mix.pcap.gz");
        Shell.run(LIMIT, "sh", "-c", "gzip -1 -c " + capture + " > " + packed);
        Map<String, Integer> before = marks();

        String log = replay(packed, "-a", "20.5", "-I", "200", "-T", "2");

        Comparison comparison = Comparison.of(logged(online, 0), arrived(before, 2 * issued));
        assertThat(comparison.delivered()).as("%s%n%s", comparison, log).isEqualTo(issued);
        assertThat(comparison.duplicates())
                .as("each once more; %s%n%s", comparison, log)
                .isEqualTo(issued);
        assertThat(comparison.foreign() + comparison.broken()).isZero();
        Files.delete(packed);
    }

    @Test
    void aDryRunTellsWhatTheCaptureHoldsAndSendsNothing() {
        Map<String, Integer> before = marks();

        String report = lab.run("client", copier(TRANSFER));

        System.out.println(report);
        assertThat(report).contains(String.format("%,15d  requests", issued));
        assertThat(marks()).isEqualTo(before);
    }

    @Test
    void aTransferThatNothingGoesToIsSaidWithWhatThereIs() {
        Shell.Outcome outcome = lab.attempt("client", copier("8080-" + Lab.VIP + ":80"));

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.output())
                .contains("mix.pcap goes to an online side of --transfer: its connections go to 198.18.0.10:80 (");
    }

    private static String[] copier(String transfer) {
        String program = Lab.home().resolve("bin/copier").toString();
        return new String[] {program, "-i", capture.toString(), "-x", transfer, "--dry-run"};
    }
}
