// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** dnsmasq on a host, which answers every name below {@code lab} and logs every query; and dig, which asks. */
public final class Dns implements AutoCloseable {
    private final HostProcess process;
    private final Path log;

    private Dns(HostProcess process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a server that answers when this returns. */
    public static Dns start(Lab lab, String host) {
        Path log = lab.folder().resolve("dns-" + host + ".queries");
        HostProcess process = lab.start(
                host,
                "dns-" + host + ".log",
                List.of(
                        "/usr/sbin/dnsmasq",
                        "--keep-in-foreground",
                        "--conf-file=/dev/null",
                        "--pid-file=",
                        "--user=root",
                        "--no-resolv",
                        "--no-hosts",
                        "--edns-packet-max=4096",
                        "--address=/lab/198.18.0.1",
                        "--log-queries",
                        "--log-facility=" + log));
        Await.until(
                "dnsmasq on " + host + " answers",
                Duration.ofSeconds(30),
                () -> lab.attempt(host, "dig", "+short", "+time=1", "@127.0.0.1", "up.lab")
                                .status()
                        == 0);
        return new Dns(process, log);
    }

    /**
     * Asks a server, one question after the other.
     *
     * @param run first part of each name that is asked for
     * @return how many were answered
     */
    public static long ask(Lab lab, String server, String from, String run, int count) {
        Path questions = lab.folder().resolve(run + ".questions");
        try {
            Files.writeString(
                    questions,
                    IntStream.range(0, count)
                            .mapToObj(i -> run + "-" + i + ".lab A\n")
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lab.run("client", "dig", "+short", "+tries=1", "@" + server, "-b", from, "-f", questions.toString())
                .lines()
                .filter("198.18.0.1"::equals)
                .count();
    }

    /** Queries of any name, damaged or not, that came from addresses that begin so. */
    public long questions(String from) {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("query[") && line.contains(" from " + from))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Queries of a run that came from addresses that begin so. */
    public long queries(String run, String from) {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("query[A] " + run + "-") && line.contains(" from " + from))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
