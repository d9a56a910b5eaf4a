// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import drcopy.agent.HostPort;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.coordinator.pool.ProcessMark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Twenty copiers and fifty interceptors on one ZooKeeper: how long until a join is seen by all. Figures, with generous limits. */
@Tag("lab")
class JoinsMeasurement {
    private static final int COPIERS = 20;
    private static final int INTERCEPTORS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<RecordingListener> copiers = new ArrayList<>();
    private PoolAddress address;

    @Test
    void aJoinIsSeenByAllCopiers() throws Exception {
        try (TestingServer server = new TestingServer(true)) {
            address = PoolAddress.parse("127.0.0.1:" + server.getPort(), "default");
            for (int i = 0; i < COPIERS; i++) {
                join(i);
            }
            double[] seconds = new double[INTERCEPTORS];
            for (int i = 0; i < INTERCEPTORS; i++) {
                seconds[i] = announce(i);
            }
            Arrays.sort(seconds);
            System.out.printf(
                    Locale.ROOT,
                    "%d copiers, %d interceptors: an interceptor's start to its use by all: median %.0f ms, worst %.0f ms%n",
                    COPIERS,
                    INTERCEPTORS,
                    1000 * seconds[INTERCEPTORS / 2],
                    1000 * seconds[INTERCEPTORS - 1]);
            assertThat(copiers).allMatch(copier -> copier.interceptors.size() == INTERCEPTORS);
            assertThat(copiers.stream().map(RecordingListener::ids).distinct()).hasSize(COPIERS);
        } finally {
            for (AutoCloseable each : opened) {
                each.close();
            }
        }
    }

    private void join(int number) throws InterruptedException {
        String host = "web" + number;
        ProcessMark process = new ProcessMark(host, number, "t");
        CopierNode node = new CopierNode(1, host, host, "80-198.18.1.200:80", List.of(), "t", "0.1.0", null, process);
        RecordingListener listener = new RecordingListener();
        copiers.add(listener);
        CopierMembership membership =
                CopierMembership.join(address, node, LeaseRequest.lowestFree(1), at -> false, listener);
        opened.add(membership);
        assertThat(membership.await(PATIENCE.toMillis())).isTrue();
    }

    private double announce(int number) {
        HostPort at = HostPort.parse("198.18.1." + number + ":36524");
        ProcessMark process = new ProcessMark("rs" + number, number, "t");
        long from = System.nanoTime();
        opened.add(InterceptorMembership.join(
                address,
                new InterceptorNode(1, at.toString(), List.of("198.18.1.200:80"), "t", "0.1.0", null, process)));
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> copiers.stream().allMatch(copier -> copier.interceptors.contains(at)));
        return (System.nanoTime() - from) / 1e9;
    }
}
