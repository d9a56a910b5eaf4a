// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LoadPlanTest {
    @Test
    void spreadsConnectionsOverClientAddresses() {
        LoadPlan plan = LoadPlan.parse("--from", "198.18.8.1", "--clients", "200");

        assertThat(plan.client(0).getAddress().getHostAddress()).isEqualTo("198.18.8.1");
        assertThat(plan.client(199).getAddress().getHostAddress()).isEqualTo("198.18.8.200");
        assertThat(plan.client(200).getAddress().getHostAddress()).isEqualTo("198.18.8.1");
        assertThat(plan.client(200).getPort()).isZero();
    }

    @Test
    void givesTwoTargetsTheSameClientPort() {
        LoadPlan plan =
                LoadPlan.parse("--target", "198.18.0.10:80,[2001:db8::10]:8080", "--clients", "2", "--port", "20000");

        assertThat(plan.client(0)).isEqualTo(plan.client(1)).isNotEqualTo(plan.client(2));
        assertThat(plan.client(4).getPort()).isEqualTo(20001);
        assertThat(plan.target(0).getPort()).isEqualTo(80);
        assertThat(plan.target(1).getPort()).isEqualTo(8080);
    }

    @Test
    void refusesUnknownOptions() {
        assertThatThrownBy(() -> LoadPlan.parse("--speed", "9"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--speed");
    }

    @Test
    void resultSurvivesItsLine() {
        LoadResult result = new LoadResult(9, 8, 7, 6, 5, 4, 3, 2, 1);

        assertThat(LoadResult.parse(result.toLine())).isEqualTo(result);
    }
}
