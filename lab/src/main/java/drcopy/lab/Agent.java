// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One of drcopy's programs on a host of the lab, started by its launcher in bin/. */
public final class Agent implements AutoCloseable {
    private static final int METRICS = 9101;
    private static final Duration START = Duration.ofMinutes(1);

    private final Lab lab;
    private final String program;
    private final String host;
    private final List<String> options;
    private final int number;
    private List<String> wrapper = List.of();
    private HostProcess process;
    private double pastCpuSeconds;
    private long pastPeakKib;

    private Agent(Lab lab, String program, String host, int number, List<String> options) {
        this.lab = lab;
        this.program = program;
        this.host = host;
        this.number = number;
        this.options = List.copyOf(options);
    }

    /** An interceptor, not yet started. */
    public static Agent interceptor(Lab lab, String host, List<String> options) {
        return new Agent(lab, "interceptor", host, 0, options);
    }

    /** The copier on the online host, not yet started. */
    public static Agent copier(Lab lab, List<String> options) {
        return copier(lab, 0, options);
    }

    /** Another copier on the online host, not yet started; the number tells them apart. */
    public static Agent copier(Lab lab, int number, List<String> options) {
        return new Agent(lab, "copier", "online", number, options);
    }

    /** A coordinator that serves a ZooKeeper of its own, not yet started; its data is in the lab's folder. */
    public static Agent coordinator(Lab lab, String host, List<String> options) {
        return new Agent(lab, "coordinator", host, 9, options);
    }

    /** The next start is by this command, which is followed by the program's. */
    public void under(List<String> command) {
        wrapper = List.copyOf(command);
    }

    /** Starts it, again after {@link #kill} or {@link #close}, and does not wait. */
    public void start() {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Lab.home().resolve("bin").resolve(program).toString());
        if (program.equals("coordinator")) {
            command.add("serve");
        }
        command.add("--metrics-port");
        command.add(metricsPort());
        command.addAll(options);
        process = lab.start(host, program + "-" + host + (number == 0 ? "" : "-" + number) + ".log", command);
    }

    private String metricsPort() {
        return Integer.toString(METRICS + number);
    }

    /** Waits until it does its job. */
    public void awaitReady() {
        if (!Await.happens(START, this::isReady)) {
            throw new IllegalStateException(name() + " is not ready; its log:\n" + process.output());
        }
    }

    /** Whether it answers its readiness probe with 200. */
    public boolean isReady() {
        if (!process.isAlive()) {
            throw new IllegalStateException(name() + " ended:\n" + process.output());
        }
        return curl("/readyz").status() == 0;
    }

    /**
     * Waits for it to end by itself.
     *
     * @return its exit code
     */
    public int await(Duration limit) {
        return process.await(limit);
    }

    /** Ends it as a crash would: SIGKILL, no last words. */
    public void kill() {
        remember();
        process.signal("KILL");
        process.await(START);
    }

    /** Sends a signal by name: STOP, CONT. */
    public void signal(String name) {
        process.signal(name);
    }

    public String name() {
        return program + " on " + host;
    }

    public String host() {
        return host;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its log so far. */
    public String log() {
        return process.output();
    }

    /** Every sample of /metrics by its name, labels included. */
    public Map<String, Double> metrics() {
        Shell.Outcome outcome = curl("/metrics");
        if (outcome.status() != 0) {
            throw new IllegalStateException(name() + " shows no metrics; its log:\n" + process.output());
        }
        Map<String, Double> samples = new HashMap<>();
        outcome.output().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
        });
        return samples;
    }

    /** One of its own gauges by its name without prefix, or a counter, then with {@code _total}; the sum over its labels. */
    public long metric(String metric) {
        return sum(metrics(), metric);
    }

    /** Like {@link #metric}, of samples already read. */
    public long sum(Map<String, Double> samples, String metric) {
        String name = "drcopy_" + program + "_" + metric;
        List<Double> values = samples.entrySet().stream()
                .filter(sample ->
                        sample.getKey().equals(name) || sample.getKey().startsWith(name + "{"))
                .map(Map.Entry::getValue)
                .toList();
        if (values.isEmpty()) {
            throw new IllegalArgumentException(name() + " shows no " + name);
        }
        return Math.round(values.stream().mapToDouble(value -> value).sum());
    }

    private Shell.Outcome curl(String path) {
        return lab.attempt(host, "curl", "-s", "-f", "-m", "10", "http://127.0.0.1:" + metricsPort() + path);
    }

    /** CPU seconds over all its lives. */
    public double cpuSeconds() {
        return pastCpuSeconds + (process != null && process.isAlive() ? process.cpuSeconds() : 0);
    }

    /** Most resident memory of any of its lives, in KiB. */
    public long peakKib() {
        return Math.max(pastPeakKib, process != null && process.isAlive() ? process.peakKib() : 0);
    }

    private void remember() {
        if (process.isAlive()) {
            pastCpuSeconds += process.cpuSeconds();
            pastPeakKib = Math.max(pastPeakKib, process.peakKib());
        }
    }

    @Override
    public void close() {
        if (process != null) {
            remember();
            process.close();
        }
    }
}
