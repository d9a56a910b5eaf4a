// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.lab.load.LoadResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Others flush, delete and reload rules of the real servers under load: nothing leaks, and every request arrives. */
@Tag("lab")
class SecondLineTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private Mirror mirror;
    private LoadProcess keepAlive;
    private LoadProcess shorts;
    private Mirror.Mark begun;

    @BeforeEach
    void up() {
        mirror = Mirror.up(Lab.Director.HMARK);
        begun = mirror.mark();
        keepAlive = load("keep", "--rate", "400", "--connections", "20");
        shorts = load("short", "--style", "SHORT", "--rate", "100");
        awaitRequests(mirror.mark(), 100);
    }

    private LoadProcess load(String run, String... options) {
        String[] all = new String[options.length + 4];
        System.arraycopy(new String[] {"--run", run, "--seconds", "300"}, 0, all, 0, 4);
        System.arraycopy(options, 0, all, 4, options.length);
        return LoadProcess.start(mirror.lab(), all);
    }

    @AfterEach
    void down() {
        keepAlive.close();
        shorts.close();
        mirror.close();
    }

    private void awaitRequests(Mirror.Mark since, int count) {
        for (String host : mirror.lab().realServers()) {
            Await.until(
                    "requests on " + host,
                    LIMIT,
                    () -> mirror.serverLines(since, host).size() >= count);
        }
    }

    private void assertAllArrived() {
        keepAlive.finish();
        shorts.finish();
        for (LoadProcess load : List.of(keepAlive, shorts)) {
            LoadResult result = load.await(LIMIT);
            assertThat(result.answered()).as("%s", result).isEqualTo(result.issued());
        }
        Comparison comparison = mirror.settle(begun, LIMIT);
        assertThat(comparison.percent()).as("%s", comparison).isEqualTo("100.00");
        assertThat(mirror.leaks()).isZero();
    }

    @Test
    void nothingLeaksWhileInterceptorsRepair() {
        for (DiversionFault fault : DiversionFault.values()) {
            Mirror.Mark mark = mirror.mark();
            mirror.lab().realServers().forEach(host -> fault.inflict(mirror.lab(), host));
            awaitRequests(mark, 50);
            assertThat(mirror.leaks()).as("after %s", fault).isZero();
        }
        assertAllArrived();
    }

    @Test
    void nothingLeaksWhileInterceptorsAreDeadAndComeBack() {
        Lab lab = mirror.lab();
        lab.realServers().forEach(host -> DiversionFault.save(lab, host));
        mirror.interceptors().forEach(Agent::kill);
        for (DiversionFault fault : DiversionFault.values()) {
            lab.realServers().forEach(host -> fault.inflict(lab, host));
            assertThat(mirror.leaks()).as("%s, interceptors dead", fault).isZero();
            lab.realServers().forEach(host -> fault.restore(lab, host));
        }
        lab.realServers().forEach(host -> DiversionFault.ALL_BUT_FILTERS.inflict(lab, host));
        mirror.interceptors().forEach(Agent::start);
        mirror.interceptors().forEach(Agent::awaitReady);
        awaitRequests(mirror.mark(), 50);
        assertAllArrived();
    }
}
