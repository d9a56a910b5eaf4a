// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What tcpdump wrote online is played through the director against real servers, with real interceptors. */
@Tag("lab")
class OfflineReplayTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static Recording recording;

    @BeforeAll
    static void recordAMix() {
        recording = Recording.of(mix -> {
            mix.load("short", "--style", "SHORT", "--rate", "400", "--count", Expect.count(600));
            mix.load("keep", "--connections", "20", "--rate", "500", "--count", Expect.count(1000));
            mix.uploads("up", "1000,100000,1000000", 4, "0", Expect.count(12));
        });
    }

    @AfterAll
    static void down() {
        recording.close();
    }

    @Test
    void deliversEverySessionWithItsBytesTenTimesAsFast() {
        Map<String, Integer> before = recording.marks();

        Recording.Replay replay = recording.replay(recording.capture(), "-a", "10");

        Map<String, List<AccessLog.Line>> arrived = recording.arrived(before, recording.issued());
        Comparison comparison = recording.compare(arrived);
        System.out.println(comparison);
        assertThat(comparison.online()).isEqualTo(recording.issued());
        assertThat(comparison.isWhole()).as("%s%n%s", comparison, replay.log()).isTrue();
        assertThat(comparison.share().values()).allMatch(count -> count > 0);
        List<AccessLog.Line> all =
                arrived.values().stream().flatMap(List::stream).toList();
        assertThat(Bodies.ofLog(all)).isEqualTo(recording.bodies()).isNotEmpty();
        System.out.printf("-a 10: %.2f s of capture in %.2f s%n", replay.captureSeconds(), replay.seconds());
        assertThat(replay.seconds()).isGreaterThan(replay.captureSeconds() / 10 - 0.01);
        assertThat(recording.leaks()).as("packets that reached clients").isZero();
    }

    @Test
    void repeatsWithNewSessionsOutOfACompressedFile() throws IOException {
        Path packed = recording.lab().folder().resolve("mix.pcap.gz");
        Shell.run(LIMIT, "sh", "-c", "gzip -1 -c " + recording.capture() + " > " + packed);
        Map<String, Integer> before = recording.marks();

        Recording.Replay replay = recording.replay(packed, "-a", "20.5", "-I", "200", "-T", "2");

        Comparison comparison = recording.compare(recording.arrived(before, 2 * recording.issued()));
        assertThat(comparison.delivered())
                .as("%s%n%s", comparison, replay.log())
                .isEqualTo(recording.issued());
        assertThat(comparison.duplicates())
                .as("each once more; %s%n%s", comparison, replay.log())
                .isEqualTo(recording.issued());
        assertThat(comparison.foreign() + comparison.broken()).isZero();
        Files.delete(packed);
    }

    @Test
    void aDryRunTellsWhatTheCaptureHoldsAndSendsNothing() {
        Map<String, Integer> before = recording.marks();

        String report = recording.lab().run("client", dryRun(Recording.TRANSFER));

        System.out.println(report);
        assertThat(report).contains(String.format("%,15d  requests", recording.issued()));
        assertThat(recording.marks()).isEqualTo(before);
    }

    @Test
    void thePreflightOfAReplayLooksAtTheFile() {
        String file = recording.capture().toString();
        Shell.Outcome outcome = preflight(file);
        Shell.Outcome bad = preflight("/etc/passwd");

        assertThat(outcome.output())
                .contains("OK    capture file " + file + ": pcap")
                .doesNotContain("capture on");
        assertThat(outcome.status()).isZero();
        assertThat(bad.output()).contains("FAIL  capture file /etc/passwd: is neither pcap nor pcapng");
        assertThat(bad.status()).isEqualTo(1);
    }

    private static Shell.Outcome preflight(String file) {
        String program = Lab.home().resolve("bin/copier").toString();
        return recording
                .lab()
                .attempt("online", program, "-i", file, "-x", Recording.TRANSFER, "-s", "198.18.1.11", "--check");
    }

    @Test
    void aTransferThatNothingGoesToIsSaidWithWhatThereIs() {
        Shell.Outcome outcome = recording.lab().attempt("client", dryRun("8080-" + Lab.VIP + ":80"));

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.output())
                .contains("mix.pcap goes to an online side of --transfer: its connections go to 198.18.0.10:80 (");
    }

    private static String[] dryRun(String transfer) {
        String program = Lab.home().resolve("bin/copier").toString();
        return new String[] {program, "-i", recording.capture().toString(), "-x", transfer, "--dry-run"};
    }
}
