// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What tcpdump wrote online while two of a hundred of the clients' segments were damaged on the way: online's kernel threw them away. */
@Tag("lab")
class DamagedReplayTest {
    private static final int UPLOADS = 100;
    private static Recording recording;

    @BeforeAll
    static void record() {
        recording = Recording.of(loads -> {
            loads.lab().control("offload", "off");
            loads.lab().control("damage", "client", "eth0", "2");
            loads.uploads("damaged", "200000", 20, "0", Integer.toString(UPLOADS));
        });
    }

    @AfterAll
    static void down() {
        recording.close();
    }

    @Test
    void everyUploadArrivesAsOnlineTookIt() {
        Map<String, Integer> before = recording.marks();

        Recording.Replay replay = recording.replay(recording.capture());

        Map<String, List<AccessLog.Line>> arrived = recording.arrived(before, UPLOADS);
        assertThat(recording.compare(arrived).isWhole())
                .as("%s%n%s", recording.compare(arrived), replay.log())
                .isTrue();
        assertThat(Bodies.ofLog(arrived.values().stream().flatMap(List::stream).toList()))
                .isEqualTo(recording.bodies())
                .hasSize(UPLOADS);
        assertThat(replay.log()).contains("BAD_CHECKSUM");
    }

    @Test
    void theDryRunSaysWhatTheReplayDoes() {
        String program = Lab.home().resolve("bin/copier").toString();
        String file = recording.capture().toString();

        String report = recording.lab().run("client", program, "-i", file, "-x", Recording.TRANSFER, "--dry-run");

        System.out.println(report);
        assertThat(report)
                .contains(String.format("%,15d  sessions", UPLOADS), "not replayed, BAD_CHECKSUM")
                .doesNotContain("sessions not whole");
    }
}
