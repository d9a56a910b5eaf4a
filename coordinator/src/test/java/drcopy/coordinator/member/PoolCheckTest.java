// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.Finding;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.coordinator.pool.ProcessMark;
import java.util.List;
import java.util.Optional;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;

class PoolCheckTest {
    private static final ProcessMark PROCESS = new ProcessMark("web1", 1, "t");

    private static String text(List<Finding> findings) {
        return String.join(
                System.lineSeparator(), findings.stream().map(Finding::toString).toList());
    }

    @Test
    void tellsThatZooKeeperIsAway() {
        PoolAddress nobody = PoolAddress.parse("127.0.0.1:9", "default");

        PoolCheck check = PoolCheck.of(nobody);

        assertThat(text(check.findings(Optional.empty())))
                .startsWith("FAIL  ZooKeeper 127.0.0.1:9/drcopy, pool default: does not answer within 3 s; start it");
        assertThat(check.interceptors()).isEmpty();
    }

    @Test
    void tellsWhoIsInThePoolAndWhichIdsAreTaken() throws Exception {
        try (TestingServer server = new TestingServer(true)) {
            PoolAddress address = PoolAddress.parse("127.0.0.1:" + server.getPort(), "default");
            CopierNode node =
                    new CopierNode(1, "web1-c", "web1", "80-198.18.1.200:80", List.of(), "t", "0.1.0", null, PROCESS);
            CopierMembership copier = CopierMembership.join(
                    address, node, LeaseRequest.lowestFree(3), at -> false, new RecordingListener());
            try (copier) {
                assertThat(copier.await(20_000)).isTrue();

                PoolCheck check = PoolCheck.of(address);

                assertThat(text(check.findings(Optional.of(LeaseRequest.lowestFree(1021)))))
                        .contains("OK    ZooKeeper", "answers; interceptors: 0, copiers: 1")
                        .contains("OK    instance IDs: 1021 of 1024 are free");
                assertThat(text(check.findings(Optional.of(LeaseRequest.lowestFree(1022)))))
                        .contains("FAIL  instance IDs: 1021 of 1024 are free; ask for fewer");
                assertThat(text(check.findings(Optional.of(LeaseRequest.exactly(List.of(2, 3))))))
                        .contains("FAIL  instance IDs: 2 is held by web1-c; choose another --instance");
                assertThat(text(check.findings(Optional.of(LeaseRequest.exactly(List.of(3))))))
                        .contains("OK    instance IDs: [3] are free");
            }
        }
    }
}
