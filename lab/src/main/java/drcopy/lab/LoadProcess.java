// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.load.LoadResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** The load generator running on the clients' host. */
public final class LoadProcess implements AutoCloseable {
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private final HostProcess process;
    private final Path stop;

    private LoadProcess(HostProcess process, Path stop) {
        this.process = process;
        this.stop = stop;
    }

    /** Starts {@link Load} with these options. */
    public static LoadProcess start(Lab lab, String... options) {
        return startOn("client", lab, options);
    }

    /** Starts it on another host. */
    public static LoadProcess startOn(String host, Lab lab, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-cp",
                classes(),
                Load.class.getName()));
        command.addAll(List.of(options));
        String name = String.format(Locale.ROOT, "load-%02d", SERIAL.incrementAndGet());
        Path stop = lab.folder().resolve(name + ".stop");
        command.addAll(List.of("--stop", stop.toString()));
        return new LoadProcess(lab.start(host, name + ".log", command), stop);
    }

    private static String classes() {
        try {
            return Path.of(Load.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes it send no further request, and end when the last one is answered. */
    public void finish() {
        try {
            Files.createFile(stop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for its end; what it saw. */
    public LoadResult await(Duration limit) {
        int status = process.await(limit);
        String output = process.output();
        if (status != 0) {
            throw new IllegalStateException("the load failed with " + status + ":\n" + output);
        }
        return output.lines()
                .filter(line -> line.startsWith("result "))
                .map(LoadResult::parse)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the load gave no result:\n" + output));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has said so far, its progress among it. */
    public String output() {
        return process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
