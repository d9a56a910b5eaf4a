// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.HostPort;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InterceptorGraceTest {
    private static final HostPort A = HostPort.parse("198.18.1.1:36524");
    private static final HostPort B = HostPort.parse("198.18.1.2:36524");

    private final InterceptorGrace grace = new InterceptorGrace(30);

    @Test
    void aNewMemberIsUsedAtOnce() {
        assertThat(grace.members(Set.of(A), InterceptorGraceTest::isNobodyUp, 0))
                .containsExactly(A);
    }

    @Test
    void aMemberThatIsGoneIsKeptForTheGraceTime() {
        grace.members(Set.of(A, B), InterceptorGraceTest::isNobodyUp, 0);

        assertThat(grace.members(Set.of(B), InterceptorGraceTest::isNobodyUp, 29))
                .containsExactlyInAnyOrder(A, B);
        assertThat(grace.members(Set.of(B), InterceptorGraceTest::isNobodyUp, 30))
                .containsExactly(B);
    }

    @Test
    void aMemberThatReturnsStartsAfresh() {
        grace.members(Set.of(A), InterceptorGraceTest::isNobodyUp, 0);
        grace.members(Set.of(), InterceptorGraceTest::isNobodyUp, 29);
        grace.members(Set.of(A), InterceptorGraceTest::isNobodyUp, 29);

        assertThat(grace.members(Set.of(), InterceptorGraceTest::isNobodyUp, 58))
                .containsExactly(A);
    }

    @Test
    void aMemberWhoseStreamIsUpIsKeptForEver() {
        grace.members(Set.of(A), InterceptorGraceTest::isNobodyUp, 0);

        assertThat(grace.members(Set.of(), A::equals, 1_000)).containsExactly(A);
        assertThat(grace.members(Set.of(), InterceptorGraceTest::isNobodyUp, 1_029))
                .containsExactly(A);
        assertThat(grace.members(Set.of(), InterceptorGraceTest::isNobodyUp, 1_030))
                .isEmpty();
    }

    @Test
    void nobodysTimeRunsOutWhileZooKeeperIsAway() {
        grace.members(Set.of(A), InterceptorGraceTest::isNobodyUp, 0);

        assertThat(grace.unknown(1_000)).containsExactly(A);
        assertThat(grace.members(Set.of(), InterceptorGraceTest::isNobodyUp, 1_029))
                .containsExactly(A);
    }

    private static boolean isNobodyUp(HostPort member) {
        return false;
    }
}
