// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing of the target's answers reaches a client, whatever happens to the agents; and the watch for it sees what does. */
@Tag("lab")
class LeakTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void nothingLeaksWhileAgentsAreKilledStoppedAndStarted() {
        try (Mirror mirror = Mirror.up(Lab.Director.LVS);
                LoadProcess keepAlive = LoadProcess.start(
                        mirror.lab(), "--run", "keep", "--rate", "500", "--connections", "20", "--seconds", "300");
                LoadProcess shorts = LoadProcess.start(
                        mirror.lab(), "--run", "short", "--style", "SHORT", "--rate", "300", "--seconds", "300")) {
            awaitMirroring(mirror);
            for (Agent interceptor : mirror.interceptors()) {
                interceptor.kill();
                assertThat(mirror.leaks())
                        .as("after kill -9 of %s", interceptor.name())
                        .isZero();
                interceptor.start();
                interceptor.awaitReady();
                assertThat(mirror.leaks())
                        .as("after restart of %s", interceptor.name())
                        .isZero();
            }
            mirror.interceptors().forEach(Agent::close);
            assertThat(mirror.leaks()).as("after all interceptors were stopped").isZero();
            mirror.interceptors().forEach(Agent::start);
            mirror.interceptors().forEach(Agent::awaitReady);
            mirror.copier().kill();
            mirror.copier().start();
            mirror.copier().awaitReady();
            awaitMirroring(mirror);

            assertThat(keepAlive.isAlive() && shorts.isAlive())
                    .as("the load lasts")
                    .isTrue();
            assertThat(mirror.leaks()).isZero();
        }
    }

    private static void awaitMirroring(Mirror mirror) {
        Mirror.Mark mark = mirror.mark();
        for (String host : mirror.lab().realServers()) {
            Await.until(
                    "requests on " + host,
                    LIMIT,
                    () -> mirror.serverLines(mark, host).size() > 100);
        }
    }

    @Test
    void releaseLetsAnswersThroughAndTheWatchSeesThem() {
        try (Mirror mirror = Mirror.up(Lab.Director.HMARK)) {
            Agent interceptor = mirror.interceptor("rs1");
            interceptor.close();
            mirror.lab().run("rs1", Lab.home().resolve("bin/interceptor").toString(), "release");

            mirror.load(LIMIT, "--run", "leak", "--style", "SHORT", "--rate", "100", "--count", "100");

            Await.until("the watch sees answers", LIMIT, () -> mirror.leaks() > 0);
        }
    }
}
