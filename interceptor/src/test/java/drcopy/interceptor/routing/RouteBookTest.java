// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.interceptor.routing.RouteBook.Outcome;
import drcopy.wire.FlowKey;
import org.junit.jupiter.api.Test;

/** Streams 1 and 2 speak for one copier, stream 9 for another. */
class RouteBookTest {
    private final FlowKey flow = new FlowKey().set(0, 1, 2, 0, 3, 4);
    private final FlowKey otherFlow = new FlowKey().set(0, 1, 3, 0, 3, 4);
    private final RouteTable table = new RouteTable(2);
    private final RouteBook book = new RouteBook(table, (claimant, holder) -> claimant < 9 && holder < 9);

    @Test
    void givesAFreeFlowToWhoAsks() {
        assertThat(book.claim(flow, 1, 100, 7)).isEqualTo(Outcome.ADDED);
        assertThat(table.find(flow)).isEqualTo(book.entry());
        assertThat(table.payloadWanted(book.entry())).isEqualTo(7);
    }

    @Test
    void refusesAFlowThatAnotherCopierHolds() {
        book.claim(flow, 1, 100, 0);
        assertThat(book.claim(flow, 9, 900, 0)).isEqualTo(Outcome.CONFLICT);
        assertThat(book.holder()).isEqualTo(1);
        assertThat(table.routeId(table.find(flow))).isEqualTo(100);
        assertThat(table.find(9, 900)).isEqualTo(RouteTable.NONE);
    }

    @Test
    void movesAFlowToAnotherStreamOfItsCopier() {
        book.claim(flow, 1, 100, 0);
        assertThat(book.claim(flow, 2, 100, 0)).isEqualTo(Outcome.REPLACED);
        assertThat(table.stream(table.find(flow))).isEqualTo(2);
        assertThat(table.size(1)).isZero();
        assertThat(table.size(2)).isEqualTo(1);
    }

    @Test
    void replacesARouteOfTheSameFlowOnTheSameStream() {
        book.claim(flow, 1, 100, 0);
        assertThat(book.claim(flow, 1, 101, 0)).isEqualTo(Outcome.REPLACED);
        assertThat(table.find(1, 100)).isEqualTo(RouteTable.NONE);
        assertThat(table.find(1, 101)).isNotEqualTo(RouteTable.NONE);
    }

    @Test
    void replacesARouteOfTheSameIdOnTheSameStream() {
        book.claim(flow, 1, 100, 0);
        assertThat(book.claim(otherFlow, 1, 100, 0)).isEqualTo(Outcome.REPLACED);
        assertThat(table.find(flow)).isEqualTo(RouteTable.NONE);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void freesAFlowWithItsStream() {
        book.claim(flow, 1, 100, 0);
        table.removeStream(1);
        assertThat(book.claim(flow, 9, 900, 0)).isEqualTo(Outcome.ADDED);
    }

    @Test
    void refusesMoreRoutesThanThereIsRoomForButReplacesOnes() {
        book.claim(flow, 1, 100, 0);
        book.claim(otherFlow, 1, 101, 0);
        assertThat(book.claim(new FlowKey().set(0, 1, 9, 0, 3, 4), 1, 102, 0)).isEqualTo(Outcome.FULL);
        assertThat(book.claim(flow, 2, 100, 0)).isEqualTo(Outcome.REPLACED);
    }
}
