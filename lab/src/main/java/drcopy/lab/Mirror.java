// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The whole system in a lab: nginx online and on each real server, an interceptor on each real server, a copier online, a watch
 * for leaks at the clients. One thread.
 */
public final class Mirror implements AutoCloseable {
    /** Services that are mirrored unless told otherwise: ports 80 and 8080, both address families. */
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private static final String TRANSFERS = "198.18.0.10:80-198.18.1.200:80,198.18.0.10:8080-198.18.1.200:8080,"
            + "[2001:db8::10]:80-[2001:db8:1::200]:80";

    private static final String DIVERTED =
            "198.18.1.200:80,198.18.1.200:8080,[2001:db8:1::200]:80," + "198.18.1.200:53,[2001:db8:1::200]:53";

    private final Lab lab;
    private final Web online;
    private final Map<String, Web> servers = new LinkedHashMap<>();
    private final Map<String, Agent> interceptors = new LinkedHashMap<>();
    private final Arrivals arrivals;
    private Agent copier;
    private final LeakWatch leaks;

    private Mirror(Lab lab, List<String> copierOptions, List<String> interceptorOptions) {
        this.lab = lab;
        online = Web.start(lab, "online");
        for (String host : lab.realServers()) {
            servers.put(host, Web.start(lab, host));
            interceptors.put(host, Agent.interceptor(lab, host, interceptorOptions));
        }
        arrivals = new Arrivals(online, servers);
        copier = Agent.copier(lab, copierOptions);
        leaks = LeakWatch.start(lab);
    }

    /** Everything up and ready, with options beside the usual ones for the copier. */
    public static Mirror up(Lab.Director director, String... copierOptions) {
        Lab lab = Lab.up(director);
        return up(lab, usual(lab, copierOptions), List.of("--divert", DIVERTED));
    }

    /** Everything up and ready in this lab, which is closed with it; the agents have just these options. */
    public static Mirror up(Lab lab, List<String> copierOptions, List<String> interceptorOptions) {
        return up(lab, copierOptions, interceptorOptions, lab.realServers());
    }

    /** Like the other, but interceptors run on these hosts only. */
    public static Mirror up(
            Lab lab, List<String> copierOptions, List<String> interceptorOptions, List<String> intercepted) {
        try {
            Mirror mirror = new Mirror(lab, copierOptions, interceptorOptions);
            intercepted.forEach(host -> mirror.interceptor(host).start());
            intercepted.forEach(host -> mirror.interceptor(host).awaitReady());
            mirror.copier.start();
            mirror.copier.awaitReady();
            return mirror;
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    /** Ends the copier and starts one with these options beside the usual ones. */
    public void copyWith(String... copierOptions) {
        startCopier(usual(lab, copierOptions));
    }

    /** Ends the copier and starts one with just these options. */
    public void startCopier(List<String> copierOptions) {
        copier.close();
        copier = Agent.copier(lab, copierOptions);
        copier.start();
        copier.awaitReady();
    }

    /** Another copier beside the first, with these options beside the usual ones; it is not started, and the caller closes it. */
    public Agent another(int number, String... copierOptions) {
        return Agent.copier(lab, number, usual(lab, copierOptions));
    }

    /** What is copied, as {@code -x} wants it. */
    public static String transfers() {
        return TRANSFERS;
    }

    /** What is diverted, as {@code --divert} wants it. */
    public static String diverted() {
        return DIVERTED;
    }

    private static List<String> usual(Lab lab, String... copierOptions) {
        String addresses = lab.realServers().stream().map(Lab::address).collect(Collectors.joining(","));
        List<String> options = new ArrayList<>(List.of("-x", TRANSFERS, "-s", addresses));
        options.addAll(Arrays.asList(copierOptions));
        return options;
    }

    public Lab lab() {
        return lab;
    }

    public Web online() {
        return online;
    }

    /** The web server of a real server's host. */
    public Web server(String host) {
        return servers.get(host);
    }

    public Agent interceptor(String host) {
        return interceptors.get(host);
    }

    public List<Agent> interceptors() {
        return List.copyOf(interceptors.values());
    }

    public Agent copier() {
        return copier;
    }

    /** Packets that reached the clients' host from the test system, since the start. */
    public long leaks() {
        return leaks.count();
    }

    /** From now on the director, the target's servers and their interceptors get the CPU that the others leave, which is little under load. */
    public void slowTarget() {
        List<String> command = new ArrayList<>(List.of("renice", "-n", "19", "-p"));
        servers.keySet().forEach(host -> lab.pids(host, "").forEach(pid -> command.add(pid.toString())));
        lab.pids("director", "").forEach(pid -> command.add(pid.toString()));
        Shell.run(TEN_SECONDS, command.toArray(new String[0]));
    }

    /**
     * Gives what runs on the production host now the first core, everything else that runs now the second, and what the switch does to threads of the
     * kernel, so that production's latency shows what the copier costs its host, and not what the target does.
     */
    public void setProductionApart() {
        lab.control("ports", "threads");
        pin("0", "online");
        pin("1", "client", "director");
        lab.realServers().forEach(host -> pin("1", host));
        slowTarget();
    }

    private void pin(String cores, String... hosts) {
        for (String host : hosts) {
            lab.pids(host, "").forEach(pid -> Shell.run(TEN_SECONDS, "taskset", "-apc", cores, pid.toString()));
        }
    }

    /** Remembers where the logs are now: a load's requests are what comes after. */
    public Mark mark() {
        return arrivals.mark();
    }

    /** A place in every log. */
    public record Mark(int online, Map<String, Integer> servers) {}

    /** Runs a load to its end. */
    public LoadResult load(Duration limit, String... options) {
        try (LoadProcess load = LoadProcess.start(lab, options)) {
            return load.await(limit);
        }
    }

    /** As {@link Arrivals#settle}. */
    public Comparison settle(Mark since, Duration limit) {
        return arrivals.settle(since, limit);
    }

    /** Compares at once what came since the mark. */
    public Comparison compare(Mark since) {
        return arrivals.compare(since);
    }

    /** Online's requests since the mark. */
    public List<AccessLog.Line> onlineLines(Mark since) {
        return arrivals.onlineLines(since);
    }

    /** A real server's requests since the mark. */
    public List<AccessLog.Line> serverLines(Mark since, String host) {
        return arrivals.serverLines(since, host);
    }

    /** How late the real servers took what online took since the mark. */
    public Lag lag(Mark since) {
        return Lag.of(
                onlineLines(since),
                servers.keySet().stream().map(host -> serverLines(since, host)).toList());
    }

    @Override
    public void close() {
        try {
            copier.close();
            interceptors.values().forEach(Agent::close);
            leaks.close();
        } finally {
            lab.close();
        }
    }
}
