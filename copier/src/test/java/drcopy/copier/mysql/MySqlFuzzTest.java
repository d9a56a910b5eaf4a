// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.Fuzz;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Dialogues with bytes changed, cut off, repeated and split anywhere. The seed is fixed. */
class MySqlFuzzTest {
    private static final int RUNS = 5_000;

    private Random random;

    private byte[] mutated(byte[] bytes) {
        byte[] result = bytes.clone();
        switch (random.nextInt(6)) {
            case 0 -> result = Arrays.copyOf(result, random.nextInt(result.length + 1));
            case 1 -> result = Arrays.copyOf(result, result.length + random.nextInt(40));
            case 2, 3 -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    result[random.nextInt(result.length)] = (byte) random.nextInt(256);
                }
            }
            case 4 -> random.nextBytes(result);
            default -> {}
        }
        return result;
    }

    private void run() {
        Dialogue session = new Dialogue("app@target-pw", "hash sha1=" + "11".repeat(20));
        byte[][] target = {
            Dialogue.greeting(random.nextBoolean() ? "mysql_native_password" : "caching_sha2_password"),
            Dialogue.packet(2, Dialogue.hex(random.nextBoolean() ? "0103" : "0104")),
            Dialogue.packet(
                    2, Dialogue.join(Dialogue.hex("fe"), Dialogue.text("mysql_native_password\0"), Dialogue.SCRAMBLE)),
            Dialogue.ok(2),
            Dialogue.prepared(7),
            Dialogue.error(1, 1064)
        };
        byte[][] client = {
            Dialogue.login(random.nextBoolean() ? "app" : "hash"),
            Dialogue.packet(3, new byte[20]),
            Dialogue.query(random.nextBoolean() ? "use x" : "kill 4"),
            Dialogue.prepare("select ?"),
            Dialogue.command(0x17, "01000000 00 01000000"),
            Dialogue.command(0x11, "61707000 00 00"),
            Dialogue.command(0x19, "01000000")
        };
        for (int i = 0; i < 16; i++) {
            boolean isTarget = random.nextBoolean();
            byte[][] from = isTarget ? target : client;
            byte[] bytes = mutated(from[Math.min(from.length - 1, random.nextInt(i + 1))]);
            if (isTarget) {
                session.target(bytes, Math.min(bytes.length, random.nextInt(2 * bytes.length + 1)));
            } else if (random.nextInt(8) == 0) {
                session.online(bytes, session.end());
            } else {
                session.client(bytes, 1 + random.nextInt(64));
            }
        }
        session.late();
        long skipped =
                Stream.of(SkipReason.values()).mapToLong(session.counts::value).sum();
        assertThat(skipped).as("reasons counted").isEqualTo(session.isSkipped() ? 1 : 0);
    }

    @Test
    void whateverComesIsPlayedOrSkippedWithOneReason() {
        Fuzz.run("MySQL", 20_261_122, RUNS, (source, round) -> {
            random = source;
            run();
        });
    }
}
