// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessMarkTest {
    private final ProcessMark self = ProcessMark.ofThis("web1");

    @Test
    void aRunningProcessIsNotDead() {
        assertThat(self.isDead("web1")).isFalse();
    }

    @Test
    void aProcessWhosePidAnotherHasNowIsDead() {
        assertThat(new ProcessMark("web1", self.pid(), "2001-01-01T00:00:00Z").isDead("web1"))
                .isTrue();
    }

    @Test
    void aProcessThatIsNotThereIsDead() {
        assertThat(new ProcessMark("web1", Integer.MAX_VALUE, "").isDead("web1"))
                .isTrue();
    }

    @Test
    void nothingIsKnownOfProcessesOfOtherHosts() {
        assertThat(new ProcessMark("web2", Integer.MAX_VALUE, "").isDead("web1"))
                .isFalse();
    }
}
