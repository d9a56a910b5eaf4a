// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import drcopy.lab.Arrivals;
import drcopy.lab.Await;
import drcopy.lab.Comparison;
import drcopy.lab.HostProcess;
import drcopy.lab.Lab;
import drcopy.lab.LoadProcess;
import drcopy.lab.Mirror;
import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One side, started in a lab, warmed up, under one load after another, and ended. One thread. */
final class Trial implements AutoCloseable {
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(4);
    private static final Duration SETTLING = Duration.ofSeconds(30);
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final int ROUNDS = 20;
    private static final String ROUND_REQUESTS = "60";
    /** Fields of a device in /proc/net/dev: packets each way. */
    private static final int RECEIVED = 1;

    private static final int SENT = 9;
    private static final double PER_REQUESTS = 100_000;

    private final Lab lab;
    private final Arrivals arrivals;
    private final Side side;
    private final List<HostProcess> interceptors = new ArrayList<>();
    private HostProcess copier;

    private Trial(Lab lab, Arrivals arrivals, Side side) {
        this.lab = lab;
        this.arrivals = arrivals;
        this.side = side;
    }

    /**
     * Starts the side and waits until it mirrors.
     *
     * @throws IllegalStateException when it does not
     */
    static Trial start(Stage stage, Side side) {
        Trial trial = new Trial(stage.lab(), stage.arrivals(), side);
        try {
            if (side.mirrors()) {
                trial.startPrograms();
                trial.awaitMirroring();
            }
            return trial;
        } catch (RuntimeException e) {
            trial.close();
            throw e;
        }
    }

    private void startPrograms() {
        for (String host : lab.realServers()) {
            interceptors.add(lab.start(host, side.name() + "-" + host + ".log", Side.command(side.interceptor(), lab)));
        }
        copier = lab.start("online", side.name() + "-copier.log", Side.command(side.copier(), lab));
    }

    /** A program that is unknown does not say when it is ready: a round of short connections that arrives whole does. */
    private void awaitMirroring() {
        for (int i = 0; i < ROUNDS; i++) {
            Mirror.Mark mark = arrivals.mark();
            long sent = load("--run", "round", "--style", "SHORT", "--rate", "200", "--count", ROUND_REQUESTS)
                    .answered();
            if (Await.happens(ROUND, () -> arrivals.delivered(mark) >= sent)) {
                return;
            }
        }
        throw new IllegalStateException(
                side.name() + " mirrors nothing, or not all; the copier said:\n" + copier.output());
    }

    private LoadResult load(String... options) {
        try (LoadProcess load = LoadProcess.start(lab, options)) {
            return load.await(LOAD_LIMIT);
        }
    }

    private LoadResult together(List<String[]> plans) {
        List<LoadProcess> loads =
                plans.stream().map(options -> LoadProcess.start(lab, options)).toList();
        try {
            return LoadResult.together(
                    loads.stream().map(load -> load.await(LOAD_LIMIT)).toList());
        } finally {
            loads.forEach(LoadProcess::close);
        }
    }

    /** Keeps it busy, so that what is measured then is not its start, and then leaves time for what compiles in the background. */
    void warmUp(int requests) {
        Mirror.Mark mark = arrivals.mark();
        load("--run", "warm", "--connections", "50", "--count", Integer.toString(requests));
        load("--run", "warm", "--style", "SHORT", "--connections", "50", "--count", Integer.toString(requests / 2));
        load("--run", "warm", "--connections", "50", "--rate", "1000", "--count", Integer.toString(requests / 30));
        if (side.mirrors()) {
            arrivals.settle(mark, SETTLING);
        }
    }

    /** Runs the case's load and measures. */
    Figures measure(BenchCase each, double scale) {
        Mirror.Mark mark = arrivals.mark();
        double copierBefore = cpu(copier());
        double interceptorsBefore = cpu(interceptors);
        long packetsBefore = packets();
        LoadResult result = together(each.loads(scale));
        Await.until(
                "online logged its requests",
                SETTLING,
                () -> arrivals.onlineLines(mark).size() >= result.answered());
        if (!side.mirrors()) {
            return Figures.of(result.rate(), result.p50Us() / 1000.0, result.p99Us() / 1000.0);
        }
        Comparison comparison = arrivals.settle(mark, SETTLING);
        double requests = comparison.online() / PER_REQUESTS;
        double copierSeconds = cpu(copier()) - copierBefore;
        double packets = (double) (packets() - packetsBefore);
        return Figures.of(
                result.rate(),
                result.p50Us() / 1000.0,
                result.p99Us() / 1000.0,
                100.0 * comparison.delivered() / Math.max(1, comparison.online()),
                (double) comparison.duplicates(),
                copierSeconds / requests,
                (cpu(interceptors) - interceptorsBefore) / requests,
                peakMib(copier()),
                peakMib(interceptors),
                packets / Math.max(1, comparison.online()),
                copierSeconds * 1e6 / Math.max(1, packets));
    }

    /** That production's host has taken in and sent, without its loopback. */
    private long packets() {
        return lab.run("online", "cat", "/proc/net/dev")
                .lines()
                .filter(line -> line.contains(":") && !line.contains(" lo:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip().split("\\s+", -1))
                .mapToLong(fields -> Long.parseLong(fields[RECEIVED]) + Long.parseLong(fields[SENT]))
                .sum();
    }

    private List<HostProcess> copier() {
        return copier == null ? List.of() : List.of(copier);
    }

    private static double cpu(List<HostProcess> processes) {
        return processes.stream().mapToDouble(HostProcess::cpuSeconds).sum();
    }

    private static double peakMib(List<HostProcess> processes) {
        return processes.stream().mapToLong(HostProcess::peakKib).max().orElse(0) / 1024.0;
    }

    @Override
    public void close() {
        copier().forEach(HostProcess::close);
        interceptors.forEach(HostProcess::close);
        if (side.mirrors() && !side.cleanup().isEmpty()) {
            String[] command = Side.command(side.cleanup(), lab).toArray(String[]::new);
            lab.realServers().forEach(host -> lab.run(host, command));
        }
        // Every web server keeps what was uploaded to it.
        lab.run("online", "find", lab.folder().toString(), "-path", "*/bodies/*", "-type", "f", "-delete");
    }
}
