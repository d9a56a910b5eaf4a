// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static AccessLog.Line line(String client, String uri, int status) {
        return AccessLog.Line.parse("1.5\t" + client + "\t7777\t1\t" + status + "\tGET\t" + uri + "\t-");
    }

    private static final AccessLog.Line A = line("198.18.8.1", "/r/0-0", 200);
    private static final AccessLog.Line B = line("198.18.8.1", "/r/0-1", 200);

    @Test
    void isWholeWhenEachRequestArrivedOnce() {
        Comparison comparison = Comparison.of(List.of(A, B), Map.of("rs1", List.of(B), "rs2", List.of(A)));

        assertThat(comparison.isWhole()).isTrue();
        assertThat(comparison.percent()).isEqualTo("100.00");
        assertThat(comparison.share()).containsEntry("rs1", 1L).containsEntry("rs2", 1L);
    }

    @Test
    void namesWhatIsMissing() {
        Comparison comparison = Comparison.of(List.of(A, B, A), Map.of("rs1", List.of(A, B)));

        assertThat(comparison.delivered()).isEqualTo(2);
        assertThat(comparison.percent()).isEqualTo("66.66");
        assertThat(comparison.missing()).containsExactly("198.18.8.1 GET /r/0-0");
        assertThat(comparison.isWhole()).isFalse();
    }

    @Test
    void tellsDuplicatesOfDifferentServers() {
        Comparison comparison = Comparison.of(List.of(A), Map.of("rs1", List.of(A), "rs2", List.of(A)));

        assertThat(comparison.delivered()).isEqualTo(1);
        assertThat(comparison.duplicates()).isEqualTo(1);
        assertThat(comparison.isWhole()).isFalse();
    }

    @Test
    void tellsForeignAndBrokenRequests() {
        AccessLog.Line otherClient = line("198.18.8.2", "/r/0-0", 200);
        AccessLog.Line stray = line("198.18.8.1", "", 400);

        Comparison comparison = Comparison.of(List.of(A), Map.of("rs1", List.of(A, otherClient, stray)));

        assertThat(comparison.foreign()).isEqualTo(2);
        assertThat(comparison.broken()).isEqualTo(1);
        assertThat(comparison.percent()).isEqualTo("100.00");
        assertThat(comparison.isWhole()).isFalse();
    }
}
