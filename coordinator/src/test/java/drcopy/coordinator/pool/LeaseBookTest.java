// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.coordinator.pool.LeaseBook.Verdict;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaseBookTest {
    private final LeaseBook one = new LeaseBook(LeaseRequest.lowestFree(1));

    @Test
    void takesTheLowestFreeIdFirst() {
        assertThat(one.next(Set.of(), 0)).hasValue(0);
        assertThat(one.next(Set.of(0, 1, 3), 0)).hasValue(2);
    }

    @Test
    void takesNothingMoreThanItWants() {
        one.acquired(new Lease(4, 70));

        assertThat(one.next(Set.of(), 0)).isEmpty();
        assertThat(one.missing()).isZero();
        assertThat(one.inUse()).containsExactly(new Lease(4, 70));
    }

    @Test
    void findsNothingWhenAllAreTaken() {
        Set<Integer> all = IntStream.range(0, Lease.IDS).boxed().collect(Collectors.toSet());

        assertThat(one.next(all, 0)).isEmpty();
        assertThat(one.missing()).isOne();
    }

    @Test
    void exactIdsKeepTheOrderOfTheRequest() {
        LeaseBook exact = new LeaseBook(LeaseRequest.exactly(List.of(7, 5, 6)));

        assertThat(exact.next(Set.of(7), 0)).hasValue(5);
        exact.acquired(new Lease(5, 1));
        exact.acquired(new Lease(6, 2));
        exact.acquired(new Lease(7, 3));

        assertThat(exact.inUse()).extracting(Lease::id).containsExactly(7, 5, 6);
    }

    @Test
    void anExactIdIsNeverReplacedByAnother() {
        LeaseBook exact = new LeaseBook(LeaseRequest.exactly(List.of(7)));

        assertThat(exact.next(Set.of(7), 0)).isEmpty();
    }

    @Test
    void anotherLeaseOfTheSameIdReplacesTheFirst() {
        one.acquired(new Lease(0, 10));
        one.acquired(new Lease(0, 20));

        assertThat(one.inUse()).containsExactly(new Lease(0, 20));
    }

    @Test
    void aLostIdIsLeftToOthersForAWhile() {
        one.acquired(new Lease(0, 10));
        one.lost(0, 5);

        assertThat(one.inUse()).isEmpty();
        assertThat(one.next(Set.of(), 6)).hasValue(1);
        assertThat(one.next(Set.of(), 5 + LeaseBook.AVOID_NS)).hasValue(0);
    }

    @Test
    void aNewerEpochOfAnotherTakesTheIdAway() {
        one.acquired(new Lease(0, 10));

        assertThat(one.superseded(0, 11, 0)).isEqualTo(Verdict.LOST);
        assertThat(one.inUse()).isEmpty();
    }

    @Test
    void anInterceptorThatKnowsAnOlderEpochIsToldAgain() {
        one.acquired(new Lease(0, 12));

        assertThat(one.superseded(0, 11, 0)).isEqualTo(Verdict.TELL_AGAIN);
        assertThat(one.inUse()).containsExactly(new Lease(0, 12));
    }

    @Test
    void theLossOfAnIdThatIsNotHeldIsNoNews() {
        assertThat(one.superseded(3, 11, 0)).isEqualTo(Verdict.IGNORE);
    }

    @Test
    void theOthersStayInUseWhenOneIsLost() {
        LeaseBook three = new LeaseBook(LeaseRequest.lowestFree(3));
        IntStream.range(0, 3).forEach(id -> three.acquired(new Lease(id, 10 + id)));

        three.lost(1, 0);

        assertThat(three.inUse()).extracting(Lease::id).containsExactly(0, 2);
        assertThat(three.next(Set.of(), 1)).hasValue(3);
    }
}
