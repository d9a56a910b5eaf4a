// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What tcpdump wrote online in a lab, and a target with real interceptors to play it to. One thread. */
final class Recording implements AutoCloseable {
    static final String TRANSFER = Lab.ONLINE + ":80-" + Lab.VIP + ":80";
    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final Pattern PLAYED = Pattern.compile("played ([0-9.]+) s of capture in ([0-9.]+) s");

    private final Lab lab = Lab.up(Lab.Director.LVS);
    private final Web online = Web.start(lab, "online");
    private final Map<String, Web> servers = new LinkedHashMap<>();
    private final List<Agent> interceptors = new ArrayList<>();
    private final Path capture = lab.folder().resolve("mix.pcap");
    private final Path sums = lab.folder().resolve("mix.sums");
    private LeakWatch leaks;
    private long issued;

    /**
     * What a replay was.
     *
     * @param log what the copier said
     * @param peakKib its most resident memory
     * @param captureSeconds length of what it played
     * @param seconds how long that took
     */
    record Replay(String log, long peakKib, double captureSeconds, double seconds) {}

    /** Records what the loads send. */
    static Recording of(Consumer<Recording> loads) {
        Recording recording = new Recording();
        try {
            recording.record(loads);
            recording.startTarget();
            return recording;
        } catch (RuntimeException e) {
            recording.lab.close();
            throw e;
        }
    }

    private void record(Consumer<Recording> loads) {
        String file = capture.toString();
        List<String> command = List.of(
                "tcpdump", "-i", "any", "-p", "-Z", "root", "-B", "65536", "-s", "0", "-w", file, "tcp port 80");
        try (HostProcess tcpdump = lab.start("online", "tcpdump.log", command)) {
            Await.until("tcpdump listens", Duration.ofSeconds(10), () -> tcpdump.output()
                    .contains("listening on"));
            loads.accept(this);
            awaitWritten();
        }
    }

    /** What tcpdump has not read yet is lost when it ends. */
    private void awaitWritten() {
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

    private void startTarget() {
        for (String host : lab.realServers()) {
            servers.put(host, Web.start(lab, host));
            interceptors.add(Agent.interceptor(lab, host, List.of("--divert", Lab.VIP + ":80")));
        }
        interceptors.forEach(Agent::start);
        interceptors.forEach(Agent::awaitReady);
        leaks = LeakWatch.start(lab);
    }

    /** Runs a load, all of which online answers. */
    void load(String run, String... options) {
        List<String> words = new ArrayList<>(List.of("--run", run));
        words.addAll(List.of(options));
        try (LoadProcess load = LoadProcess.start(lab, words.toArray(String[]::new))) {
            LoadResult result = load.await(LIMIT);
            assertThat(result.answered()).isEqualTo(result.issued());
            issued += result.answered();
        }
    }

    /** A load of uploads; what they send is remembered. {@code rate} is a second's, 0 for as many as are answered. */
    void uploads(String run, String sizes, int connections, String rate, String count) {
        String[] style = {"--style", "SHORT", "--connections", Integer.toString(connections), "--count", count};
        List<String> words = new ArrayList<>(List.of(style));
        words.addAll(List.of("--rate", rate));
        words.addAll(List.of("--sizes", sizes, "--bodies", sums.toString()));
        load(run, words.toArray(String[]::new));
    }

    Lab lab() {
        return lab;
    }

    Path capture() {
        return capture;
    }

    /** Requests that were recorded. */
    long issued() {
        return issued;
    }

    /** Bodies that were recorded, as {@link Bodies} has them. */
    List<String> bodies() {
        return Bodies.ofFile(sums);
    }

    /** Packets that reached clients. */
    long leaks() {
        return leaks.count();
    }

    /** Plays a capture to its end. */
    Replay replay(Path file, String... options) {
        List<String> words = new ArrayList<>(List.of("-i", file.toString(), "-x", TRANSFER, "-s"));
        words.add(lab.realServers().stream().map(Lab::address).collect(Collectors.joining(",")));
        words.addAll(List.of(options));
        long[] peakKib = new long[1];
        try (Agent copier = Agent.copier(lab, words)) {
            copier.start();
            Await.until("the replay ends", LIMIT, () -> {
                peakKib[0] = Math.max(peakKib[0], copier.peakKib());
                return !copier.isAlive();
            });
            assertThat(copier.await(LIMIT)).as("exit code; %s", copier.log()).isZero();
            double[] played = played(copier.log());
            return new Replay(copier.log(), peakKib[0], played[0], played[1]);
        }
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

    /** Where the real servers' logs are. */
    Map<String, Integer> marks() {
        return servers.values().stream()
                .collect(Collectors.toMap(Web::host, web -> web.log().lines().size()));
    }

    /** What arrived since the marks, by real server, once it is as much as expected or ten seconds have passed. */
    Map<String, List<AccessLog.Line>> arrived(Map<String, Integer> from, long expected) {
        Await.happens(
                Duration.ofSeconds(10),
                () -> servers.values().stream()
                                .mapToLong(
                                        web -> logged(web, from.get(web.host())).size())
                                .sum()
                        >= expected);
        return servers.values().stream().collect(Collectors.toMap(Web::host, web -> logged(web, from.get(web.host()))));
    }

    /** What arrived, beside what was recorded. */
    Comparison compare(Map<String, List<AccessLog.Line>> arrived) {
        return Comparison.of(logged(online, 0), arrived);
    }

    private static List<AccessLog.Line> logged(Web web, int from) {
        List<AccessLog.Line> lines = web.log().lines();
        return lines.subList(from, lines.size()).stream()
                .filter(line -> line.client().startsWith("198.18.8."))
                .toList();
    }

    @Override
    public void close() {
        interceptors.forEach(Agent::close);
        leaks.close();
        lab.close();
    }
}
