// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A director that has nowhere to send a packet answers it itself: its rule keeps that from clients, and forwarding goes on. */
@Tag("lab")
class DirectorFaultsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    /** As the role {@code director} of Ansible's collection has it. */
    private static final String RULE =
            "/usr/sbin/ip -4 rule add pref 90 from " + Lab.VIP + " blackhole protocol kernel;"
                    + "/usr/sbin/ip -6 rule add pref 90 from " + Lab.VIP6 + " blackhole protocol kernel";

    private static final List<String> FAULTS = List.of(
            "sed 's/-w [0-9]*/-w 0/' /mnt/ipvs > /mnt/idle; ipvsadm -C; ipvsadm -R < /mnt/idle",
            "grep -e '^-A' /mnt/ipvs > /mnt/empty; ipvsadm -C; ipvsadm -R < /mnt/empty",
            "ipvsadm -C");

    @Test
    void theDirectorsOwnAnswersStayWithIt() {
        try (Mirror mirror = Mirror.up(Lab.Director.LVS);
                LoadProcess shorts = LoadProcess.start(
                        mirror.lab(), "--run", "short", "--style", "SHORT", "--rate", "200", "--seconds", "240")) {
            director(
                    mirror,
                    "ip route add default via 198.18.1.20; ip -6 route add default via 2001:db8:1::20;"
                            + "ipvsadm -Sn > /mnt/ipvs");
            Mirror.Mark begun = mirror.mark();
            Await.until(
                    "requests", LIMIT, () -> mirror.serverLines(begun, "rs1").size() > 50);
            assertThat(probe(mirror))
                    .contains("NOTE  silence of 198.18.1.200")
                    .contains("NOTE  silence of 2001:db8:1:");
            director(mirror, FAULTS.get(0));
            Await.until("the director's errors without the rule", LIMIT, () -> mirror.leaks() > 0);

            director(mirror, RULE + "; ipvsadm -C; ipvsadm -R < /mnt/ipvs");
            Await.until("the last error has passed", LIMIT, () -> {
                long leaks = mirror.leaks();
                return mirror.leaks() == leaks;
            });
            assertThat(probe(mirror))
                    .contains("OK    silence of 198.18.1.200")
                    .contains("OK    silence of 2001:db8:1:");
            long before = mirror.leaks();
            for (String fault : FAULTS) {
                director(mirror, fault);
                Mirror.Mark mark = mirror.mark();
                Await.until(
                        "production goes on",
                        LIMIT,
                        () -> mirror.onlineLines(mark).size() > 400);
                assertThat(mirror.leaks() - before).as("after %s", fault).isZero();
                director(mirror, "ipvsadm -C; ipvsadm -R < /mnt/ipvs");
            }
            Mirror.Mark after = mirror.mark();
            Await.until(
                    "forwarding goes on",
                    LIMIT,
                    () -> mirror.serverLines(after, "rs1").size() > 20);
            assertThat(mirror.leaks() - before).isZero();
            assertThat(shorts.isAlive()).as("the load lasts").isTrue();
        }
    }

    private static void director(Mirror mirror, String words) {
        mirror.lab().director("sh", "-c", words);
    }

    private static String probe(Mirror mirror) {
        return mirror.lab()
                .attempt(
                        "online",
                        Lab.home().resolve("bin/copier").toString(),
                        "-x",
                        Mirror.transfers(),
                        "-s",
                        "198.18.1.11",
                        "--check",
                        "--probe",
                        "198.18.8.9")
                .output();
    }
}
