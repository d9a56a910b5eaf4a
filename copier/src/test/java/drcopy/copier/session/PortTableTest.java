// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortTableTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 511, 1023})
    void preferredPortsOfAnInstanceAreABijection(int instanceId) {
        BitSet taken = new BitSet();
        for (int port = 1024; port <= 65_535; port++) {
            int preferred = PortTable.preferredPort(port, instanceId);
            assertThat(preferred).isBetween(1024, 65_535);
            assertThat(taken.get(preferred)).isFalse();
            taken.set(preferred);
        }
    }

    @Test
    void instanceZeroKeepsTheClientsPort() {
        assertThat(PortTable.preferredPort(1024, 0)).isEqualTo(1024);
        assertThat(PortTable.preferredPort(40_000, 0)).isEqualTo(40_000);
        assertThat(PortTable.preferredPort(65_535, 0)).isEqualTo(65_535);
    }

    @Test
    void everyInstanceShiftsDifferently() {
        Set<Integer> ports = new HashSet<>();
        for (int id = 0; id < 1024; id++) {
            ports.add(PortTable.preferredPort(40_000, id));
        }
        assertThat(ports).hasSize(1024);
    }

    @Test
    void secondInstanceIsHalfTheRangeAway() {
        // bitrev10(1) = 512, 63 * 512 = 32256
        assertThat(PortTable.preferredPort(1024, 1)).isEqualTo(1024 + 32_256);
    }

    @Test
    void lowClientPortsCountFromTheEnd() {
        assertThat(PortTable.preferredPort(80, 0)).isEqualTo(1024 + 63_568);
    }

    @Test
    void portsFollowEachOtherInARing() {
        assertThat(PortTable.nextPort(65_535)).isEqualTo(1024);
        assertThat(PortTable.nextPort(1024)).isEqualTo(1025);
    }
}
