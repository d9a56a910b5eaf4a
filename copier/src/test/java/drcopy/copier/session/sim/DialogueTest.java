// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import static drcopy.copier.session.sim.DialogueSim.MS;
import static org.assertj.core.api.Assertions.assertThat;

import drcopy.copier.session.sim.DialogueSim.Client;
import drcopy.copier.session.sim.DialogueSim.Mouth;
import drcopy.copier.session.sim.DialogueSim.Service;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lag of messages in dialogues that are no lockstep, and of those that are: p99 of some hundred messages of one connection. */
class DialogueTest {
    private static final long MOST_NS = 50 * MS;
    private static final String PUSH = "p".repeat(100);
    private static final String MESSAGE = "m".repeat(32);

    /** Pushes every so often, each a little late; never for 0. */
    private static Service push(double periodMs, double jitterMs) {
        Random r = new Random(7);
        return new Service() {
            @Override
            public void onConnected(Mouth mouth) {
                for (int n = 1; periodMs > 0 && n * periodMs < 120_000; n++) {
                    mouth.say((long) ((n * periodMs + r.nextDouble() * jitterMs) * MS), PUSH);
                }
            }

            @Override
            public void onMessage(Mouth mouth, int number, String message) {}
        };
    }

    /** Says something when it has heard a push. */
    private static Client echo() {
        return new Client() {
            @Override
            public void onConnected(Mouth mouth) {}

            @Override
            public void onHeard(Mouth mouth, int bytes) {
                mouth.say(MS / 100, MESSAGE);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "10, 10, 0",
        "10, 10, 8",
        "10, 11, 0",
        "10, 50, 0",
        "10, 0, 0",
        "20, 20, 0",
        "20, 20, 15",
        "20, 20, 60",
        "20, 22, 0",
        "20, 100, 0",
        "20, 0, 0",
        "50, 50, 40",
        "50, 55, 0",
        "50, 250, 0",
        "50, 0, 0"
    })
    void pushesHoldNobody(double onlineMs, double targetMs, double jitterMs) {
        DialogueSim sim =
                new DialogueSim(push(onlineMs, 0), push(targetMs, jitterMs), echo()).run((long) (600 * onlineMs * MS));

        assertThat(sim.missing()).isZero();
        assertThat(sim.lagsNs).hasSizeGreaterThan(550);
        assertThat(sim.p99Ns()).as("ns").isLessThanOrEqualTo(MOST_NS);
    }

    /** Answers what asks in two parts. */
    private static Service parts(double delayMs, double restMs) {
        return new Service() {
            @Override
            public void onConnected(Mouth mouth) {}

            @Override
            public void onMessage(Mouth mouth, int number, String message) {
                if (message.startsWith("a")) {
                    mouth.say((long) (delayMs * MS), "f".repeat(restMs == 0 ? 300 : 100));
                    if (restMs > 0) {
                        mouth.say((long) ((delayMs + restMs) * MS), "r".repeat(200));
                    }
                }
            }
        };
    }

    /** Says something when it has the first part, and asks again when it has the rest. */
    private static Client crossing(double pauseMs) {
        return new Client() {
            @Override
            public void onConnected(Mouth mouth) {
                mouth.say(0, "a" + MESSAGE);
            }

            @Override
            public void onHeard(Mouth mouth, int bytes) {
                if (bytes % 300 == 100) {
                    mouth.say(MS / 100, "x" + MESSAGE);
                } else {
                    mouth.say((long) (pauseMs * MS), "a" + MESSAGE);
                }
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"2, 3, 2, 3, 1", "2, 3, 2, 0, 1", "2, 3, 12, 8, 40", "2, 3, 12, 0, 40", "0.5, 20, 0.5, 0, 1"})
    void crossingMessagesAreNotHeld(double delay, double rest, double targetDelay, double targetRest, double pause) {
        DialogueSim sim =
                new DialogueSim(parts(delay, rest), parts(targetDelay, targetRest), crossing(pause)).run(8_000 * MS);

        assertThat(sim.missing()).isZero();
        assertThat(sim.lagsNs).hasSizeGreaterThan(200);
        assertThat(sim.p99Ns()).as("ns").isLessThanOrEqualTo(MOST_NS);
    }

    /** A target that needs longer gets each message when it has answered the one before, however late. */
    @ParameterizedTest
    @CsvSource({"5, 20, 20", "5, 50, 50", "20, 50, 50", "1, 1.2, 1.2", "5, 6, 300", "5, 20, 2000"})
    void slowTargetsAreWaitedFor(double onlineMs, double targetMs, double laterMs) {
        int[] asked = {0, 0};
        Service soon = parts(targetMs, 0);
        Service later = parts(laterMs, 0);
        Service slow = new Service() {
            @Override
            public void onConnected(Mouth mouth) {}

            @Override
            public void onMessage(Mouth mouth, int number, String message) {
                (number < 5 ? soon : later)
                        .onMessage(
                                (afterNs, text, said) -> {
                                    asked[0]++;
                                    asked[1] = Math.max(asked[0], asked[1]);
                                    mouth.say(afterNs, text, () -> asked[0]--);
                                },
                                number,
                                message);
            }
        };
        DialogueSim sim = new DialogueSim(parts(onlineMs, 0), slow, lockstep()).run(150 * MS);

        assertThat(sim.missing()).isZero();
        assertThat(asked[1]).as("asked at once").isEqualTo(1);
    }

    private static Client lockstep() {
        return new Client() {
            @Override
            public void onConnected(Mouth mouth) {
                mouth.say(0, "a" + MESSAGE);
            }

            @Override
            public void onHeard(Mouth mouth, int bytes) {
                mouth.say(MS / 100, "a" + MESSAGE);
            }
        };
    }
}
