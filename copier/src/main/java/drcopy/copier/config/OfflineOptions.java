// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.agent.Check;
import drcopy.agent.ConfigException;
import drcopy.agent.Heading;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Options of offline replay: a picocli mixin. Used once, at start. */
public final class OfflineOptions {
    private static final double MOST_SPEED = 1e6;
    private static final Pattern FACTOR = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    /** What a capture file has no use for. */
    private static final List<String> LIVE_ONLY = List.of("--interface", "--buffer", "--snaplen", "--shards", "--udp");

    @Heading("Offline replay")
    @Option(
            names = {"-i", "--pcap"},
            paramLabel = "FILE",
            description = "replay this capture file instead of live traffic: pcap or pcapng, gzip too")
    Path pcap;

    @Option(
            names = {"-a", "--accelerate"},
            paramLabel = "FACTOR",
            description = "so many times as fast as it was captured, 1 or more, 2.5 for instance (default: 1)")
    String accelerate;

    @Option(
            names = {"-I", "--interval"},
            paramLabel = "MS",
            description = "leave out gaps between packets longer than this (default: keep all)")
    Long interval;

    @Option(
            names = {"-T", "--repeat"},
            paramLabel = "N",
            description = "play the file so many times (default: 1)")
    Integer repeat;

    @Option(names = "--dry-run", description = "say what the file holds for the transfers, send nothing, and exit")
    boolean dryRun;

    /** Whether the file is to be looked at only. */
    public boolean isDryRun() {
        return dryRun;
    }

    /**
     * What to replay; empty when traffic is live.
     *
     * @param filter {@code --filter}, null without one
     * @param isGiven whether a long option is on the command line
     * @throws ConfigException when options contradict each other or a value breaks its rule
     */
    public Optional<ReplayPlan> plan(String filter, Predicate<String> isGiven) {
        if (pcap == null) {
            refuseWithoutFile("--accelerate", accelerate);
            refuseWithoutFile("--interval", interval);
            refuseWithoutFile("--repeat", repeat);
            refuseWithoutFile("--dry-run", dryRun ? "" : null);
            return Optional.empty();
        }
        for (String option : LIVE_ONLY) {
            Check.that(!isGiven.test(option), option, null, "must not be given together with --pcap");
        }
        double speed =
                accelerate == null ? 1 : ConfigException.parse("--accelerate", accelerate, OfflineOptions::parseFactor);
        long skipNs = interval == null
                ? Long.MAX_VALUE
                : TimeUnit.MILLISECONDS.toNanos(Check.range("--interval", interval, 1L, 86_400_000L));
        int repetitions = Check.range("--repeat", repeat == null ? 1 : repeat, 1, 1_000_000);
        return Optional.of(new ReplayPlan(pcap, speed, skipNs, repetitions, filter == null ? "" : filter));
    }

    private static double parseFactor(String text) {
        double factor = FACTOR.matcher(text).matches() ? Double.parseDouble(text) : 0;
        if (factor < 1 || factor > MOST_SPEED) {
            throw new IllegalArgumentException("must be 1..1000000, such as 10 or 2.5");
        }
        return factor;
    }

    private static void refuseWithoutFile(String option, Object value) {
        if (value != null) {
            throw new ConfigException(option, value.equals("") ? null : value, "must be given together with --pcap");
        }
    }
}
