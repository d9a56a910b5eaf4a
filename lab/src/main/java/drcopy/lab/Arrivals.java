// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What clients' requests came to online and to the real servers, as their web servers logged them. One thread. */
public final class Arrivals {
    /** After this long without a request, nothing twice is expected where all has come. */
    private static final Duration QUIET = Duration.ofMillis(700);
    /** After this long without a request, nothing more is expected: longer than the copier's longest retry. */
    private static final Duration HOPELESS = Duration.ofSeconds(20);

    private final Web online;
    private final Map<String, Web> servers;

    /** @param servers by real server's host; all of them */
    public Arrivals(Web online, Map<String, Web> servers) {
        this.online = online;
        this.servers = servers;
    }

    /** Remembers where the logs are now. */
    public Mirror.Mark mark() {
        Map<String, Integer> places = new LinkedHashMap<>();
        servers.forEach((host, web) -> places.put(host, web.log().lines().size()));
        return new Mirror.Mark(online.log().lines().size(), places);
    }

    /**
     * Waits until the real servers have got as many requests as online did since the mark, and a moment more, or for {@code
     * limit}; then compares.
     */
    public Comparison settle(Mirror.Mark since, Duration limit) {
        long[] seen = {-1, System.nanoTime()};
        Await.happens(limit, () -> {
            long all = online.log().lines().size();
            for (Web server : servers.values()) {
                all += server.log().lines().size();
            }
            if (all != seen[0]) {
                seen[0] = all;
                seen[1] = System.nanoTime();
            }
            long quietNs = System.nanoTime() - seen[1];
            return quietNs > HOPELESS.toNanos() || quietNs > QUIET.toNanos() && isLevel(since);
        });
        return compare(since);
    }

    private boolean isLevel(Mirror.Mark since) {
        return delivered(since) >= onlineLines(since).size();
    }

    /** Requests at all real servers since the mark. */
    public long delivered(Mirror.Mark since) {
        return servers.keySet().stream()
                .mapToLong(host -> serverLines(since, host).size())
                .sum();
    }

    /** Compares at once what came since the mark. */
    public Comparison compare(Mirror.Mark since) {
        Map<String, List<AccessLog.Line>> lines = new LinkedHashMap<>();
        servers.keySet().forEach(host -> lines.put(host, serverLines(since, host)));
        return Comparison.of(onlineLines(since), lines);
    }

    /** Online's requests since the mark. */
    public List<AccessLog.Line> onlineLines(Mirror.Mark since) {
        return fromClients(online.log(), since.online());
    }

    /** A real server's requests since the mark. */
    public List<AccessLog.Line> serverLines(Mirror.Mark since, String host) {
        return fromClients(servers.get(host).log(), since.servers().get(host));
    }

    private static List<AccessLog.Line> fromClients(AccessLog log, int from) {
        List<AccessLog.Line> lines = log.lines();
        return lines.subList(from, lines.size()).stream()
                .filter(line ->
                        line.client().startsWith("198.18.8.") || line.client().startsWith("2001:db8:8::"))
                .toList();
    }
}
