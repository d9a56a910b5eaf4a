// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.web;

import drcopy.agent.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What agents say on {@code /metrics}, asked for while somebody looks at the page, each agent every second at most. A look never waits:
 * it sees what the last answers said. Any thread.
 */
public final class AgentFigures {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long STALE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_AGENTS = 4096;
    /** What a mirror in good health drops all the time. */
    private static final Pattern ORDINARY = Pattern.compile("reason=\"(pure_ack|duplicate|not_sampled)\"");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final Map<String, Agent> agents = new ConcurrentHashMap<>();

    /** Two looks at one agent. */
    private static final class Agent {
        private long askedNs;
        private Look last;
        private Look before;
    }

    private record Look(long atNs, Map<String, Double> sums) {}

    /**
     * Figures of one agent.
     *
     * @param perSecond how fast a counter grows; NaN when it is not known
     * @param total its value; NaN when it is not known
     */
    record Figure(double perSecond, double total) {
        static final Figure UNKNOWN = new Figure(Double.NaN, Double.NaN);
    }

    /** A counter or gauge, summed over its labels, of the agent whose metrics are there; null stands for nowhere. */
    Figure ask(String address, String metric, long nowNs) {
        if (address == null || agents.size() >= MOST_AGENTS && !agents.containsKey(address)) {
            return Figure.UNKNOWN;
        }
        Agent agent = agents.computeIfAbsent(address, key -> new Agent());
        synchronized (agent) {
            if (agent.askedNs == 0 || nowNs - agent.askedNs >= INTERVAL_NS) {
                agent.askedNs = nowNs;
                fetch(address, agent);
            }
            return figure(agent, metric, nowNs);
        }
    }

    private static Figure figure(Agent agent, String metric, long nowNs) {
        if (agent.last == null || nowNs - agent.last.atNs() > STALE_NS) {
            return Figure.UNKNOWN;
        }
        double total = agent.last.sums().getOrDefault(metric, Double.NaN);
        if (agent.before == null) {
            return new Figure(Double.NaN, total);
        }
        double seconds = (agent.last.atNs() - agent.before.atNs()) / 1e9;
        double grown = total - agent.before.sums().getOrDefault(metric, Double.NaN);
        return new Figure(grown < 0 ? Double.NaN : grown / seconds, total);
    }

    private void fetch(String address, Agent agent) {
        var unused = fetch(http, address).thenAccept(sums -> {
            synchronized (agent) {
                agent.before = agent.last;
                agent.last = new Look(System.nanoTime(), sums);
            }
        });
    }

    /**
     * What these agents say just now, all asked at once: sums by metric. Waits for them, a second or two; who does not answer is left
     * out, and so is null.
     */
    public static Map<String, Map<String, Double>> lookOnce(Collection<String> addresses) {
        HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        Map<String, Map<String, Double>> said = new ConcurrentHashMap<>();
        CompletableFuture<?>[] answers = addresses.stream()
                .filter(Objects::nonNull)
                .limit(MOST_AGENTS)
                .map(address -> fetch(http, address)
                        .thenAccept(sums -> said.put(address, sums))
                        .exceptionally(unknown -> null))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(answers)
                .completeOnTimeout(null, 2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return Map.copyOf(said);
    }

    /** Fails when nothing is to be had; the agent's own log and its place in the pool tell more. */
    private static CompletableFuture<Map<String, Double>> fetch(HttpClient http, String address) {
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(URI.create("http://" + HostPort.parse(address) + "/metrics"))
                    .timeout(PATIENCE)
                    .build();
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e); // what somebody wrote into ZooKeeper is no address
        }
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .thenApplyAsync(AgentFigures::read);
    }

    private static Map<String, Double> read(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            return parse(new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sums of samples by name, from Prometheus's text, without what is dropped for an ordinary reason. What is no sample is skipped. */
    static Map<String, Double> parse(String text) {
        Map<String, Double> sums = new HashMap<>();
        text.lines().filter(AgentFigures::counts).forEach(line -> {
            int end = line.indexOf('{') < 0 ? line.indexOf(' ') : line.indexOf('{');
            int value = line.lastIndexOf(' ');
            if (end > 0 && value > 0) {
                try {
                    sums.merge(line.substring(0, end), Double.valueOf(line.substring(value + 1)), Double::sum);
                } catch (NumberFormatException e) {
                    return;
                }
            }
        });
        return sums;
    }

    private static boolean counts(String line) {
        return !line.startsWith("#") && !ORDINARY.matcher(line).find();
    }
}
