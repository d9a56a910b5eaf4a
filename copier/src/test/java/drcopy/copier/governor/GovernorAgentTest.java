// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import drcopy.copier.governor.Verdict.State;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GovernorAgentTest {
    private static final long SECOND = 1_000_000_000L;

    private final Ledger ledger = new Ledger();
    private final List<Verdict> obeyed = new ArrayList<>();
    private long cpuNs;
    private long packets;
    private long bytes;
    private long nowNs;

    private GovernorAgent agent(Budget budget) {
        GovernorAgent agent = new GovernorAgent(
                budget,
                new GovernorAgent.Sources(
                        new Ledgers(List.of(ledger)), () -> cpuNs, () -> packets, () -> bytes, 1_000_000, 1_000),
                obeyed::add);
        agent.tick(nowNs);
        return agent;
    }

    private void pass(GovernorAgent agent, double seconds) {
        nowNs += (long) (seconds * SECOND);
        agent.tick(nowNs);
    }

    @Test
    void measuresShareOfACore() {
        GovernorAgent agent = agent(new Budget(50, 0, 0));
        cpuNs = SECOND * 3 / 2;

        pass(agent, 2);

        assertThat(agent.verdict().resource()).isEqualTo(Resource.CPU);
        assertThat(agent.verdict().load()).isCloseTo(1.5, within(1e-9));
    }

    @Test
    void measuresPacketsWithTheirHeaders() {
        GovernorAgent agent = agent(new Budget(0, 1, 0));
        packets += 1_000;
        bytes += 111_000;

        pass(agent, 1);

        assertThat(agent.verdict().resource()).isEqualTo(Resource.BANDWIDTH);
        assertThat(agent.verdict().load()).isCloseTo(1, within(1e-9));
    }

    @Test
    void tellsOnlyWhatChanges() {
        GovernorAgent agent = agent(new Budget(0, 0, 100));
        pass(agent, 1);
        assertThat(obeyed).isEmpty();

        packets += 120;
        pass(agent, 1);
        packets += 90;
        pass(agent, 1);

        assertThat(obeyed).singleElement().extracting(Verdict::state).isEqualTo(State.SHED);
    }

    @Test
    void watchesMemoryOnceThereIsABudget() {
        ledger.move(Ledger.Gauge.SESSIONS, 990);
        GovernorAgent agent = agent(new Budget(0, 0, 100));
        pass(agent, 1);
        assertThat(agent.verdict().resource()).isEqualTo(Resource.MEMORY);

        GovernorAgent unlimited = agent(Budget.NONE);
        pass(unlimited, 1);
        assertThat(unlimited.verdict()).isEqualTo(Verdict.RUNNING);
    }
}
