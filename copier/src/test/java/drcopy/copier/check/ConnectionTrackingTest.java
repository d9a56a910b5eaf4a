// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionTrackingTest {
    @Test
    void isOffWhenASentDatagramLeftNoEntry() {
        assertThat(ConnectionTracking.verdict(null, 0, 65_536))
                .hasToString("OK    connection tracking: off: replicas leave no entries");
    }

    @Test
    void isOnWithItsCostAndRemedy() {
        assertThat(ConnectionTracking.verdict(null, 12, 65_536).toString())
                .startsWith("NOTE  connection tracking: on, 12 of 65536 entries taken: every replica takes one more")
                .contains("EPERM", "notrack");
    }

    @Test
    void framesOfALinkLayerSenderGoPastIt() {
        assertThat(ConnectionTracking.verdict("eth1", 12, 65_536))
                .hasToString("OK    connection tracking: frames out of eth1 go past it");
    }
}
