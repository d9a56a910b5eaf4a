// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AgentFiguresTest {
    @Test
    void sumsWhatIsDroppedForReasonsThatMatter() {
        assertThat(
                        AgentFigures.parse(
                                """
                # HELP dropped by reason
                drops_total{reason="pure_ack"} 9000.0
                drops_total{reason="duplicate"} 3.0
                drops_total{reason="not_sampled"} 100.0
                drops_total{reason="no_session"} 4.0
                drops_total{reason="memory_limit"} 2.0
                sessions 12.0
                garbage
                """))
                .containsEntry("drops_total", 6.0)
                .containsEntry("sessions", 12.0)
                .hasSize(2);
    }
}
