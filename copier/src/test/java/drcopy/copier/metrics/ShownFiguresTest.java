// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.HostPort;
import drcopy.agent.MetricsServer;
import drcopy.copier.governor.Resource;
import drcopy.copier.governor.Verdict;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import drcopy.copier.response.InterceptorSet.Standing;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShownFiguresTest {
    private Verdict verdict = Verdict.RUNNING;
    private final Ledger shard = new Ledger();
    private final Ledger routes = new Ledger();
    private final Figures figures = new Figures(
            new Ledgers(List.of(shard, routes)),
            () -> 3,
            () -> List.of(
                    new Standing(new HostPort("198.18.1.11", 36524), 2, 7, ""),
                    new Standing(new HostPort("198.18.1.12", 36524), 0, 0, "refused")),
            () -> Map.of("EMSGSIZE(90)", 5L),
            () -> verdict,
            Optional.empty());

    @BeforeEach
    void count() {
        shard.add(CopierCounter.SEGMENTS_CAPTURED, 1_010);
        shard.add(CopierCounter.SEGMENTS_DELIVERED, 1_000);
        shard.add(CopierCounter.BYTES_DELIVERED, 1_250_000);
        shard.drop(DropReason.PURE_ACK, 6, 0);
        shard.drop(DropReason.CAPTURE_GAP, 3, 99);
        shard.move(Ledger.Gauge.SEGMENTS_HELD, 1);
        shard.add(CopierCounter.RETRANSMITS, 4);
        routes.add(CopierCounter.STREAMS_LOST, 2);
    }

    @Test
    void servesEveryCounterAndDropByReason() throws Exception {
        String page;
        try (MetricsServer server =
                MetricsServer.start(CopierMetrics.of(figures), "127.0.0.1", 0, () -> null, () -> "no interceptor")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                    .build();
            page = HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body();
        }

        assertThat(page.lines())
                .contains(
                        "drcopy_copier_segments_captured_total 1010.0",
                        "drcopy_copier_streams_lost_total 2.0",
                        "drcopy_copier_dropped_segments_total{reason=\"capture_gap\"} 3.0",
                        "drcopy_copier_dropped_bytes_total{reason=\"capture_gap\"} 99.0",
                        "drcopy_copier_dropped_segments_total{reason=\"shutdown\"} 0.0",
                        "drcopy_copier_segments_held 1.0",
                        "drcopy_copier_books_imbalance_segments 0.0",
                        "drcopy_copier_routes_live 3.0",
                        "drcopy_copier_interceptors_up 1.0",
                        "drcopy_copier_interceptor_streams_up{interceptor=\"198.18.1.12:36524\"} 0.0",
                        "drcopy_copier_send_errors_by_errno_total{errno=\"EMSGSIZE(90)\"} 5.0");
        for (CopierCounter counter : CopierCounter.values()) {
            assertThat(page).contains("drcopy_copier_" + counter.metric() + "_total ");
        }
    }

    @Test
    void closesWithTheBooksByReason() {
        assertThat(ClosingReport.of(figures).lines())
                .containsExactly(
                        "segments            1,010  captured from clients",
                        "                    1,000  delivered: the target acknowledged them",
                        "                        1  held at the end",
                        "                        6  dropped PURE_ACK: carries no new data; the replica makes its own"
                                + " acknowledgments",
                        "                        3  dropped CAPTURE_GAP: the capture lost a segment of this request",
                        "bytes                   0  captured",
                        "                1,250,000  delivered",
                        "sessions                0  opened with their SYN",
                        "                        0  joined at a request",
                        "troubles                4  retransmits: Segments sent again.",
                        "                        2  streams_lost: Streams to interceptors that broke.");
    }

    @Test
    void saysWhenTheBooksDoNotBalance() {
        shard.add(CopierCounter.SEGMENTS_CAPTURED, 2);

        assertThat(ClosingReport.of(figures)).contains("2  unaccounted for: a fault of the copier");
    }

    @Test
    void showsRatesSinceTheLineBefore() {
        ProgressLine line = new ProgressLine(figures, 0);

        assertThat(line.next(5_000_000_000L))
                .isEqualTo("0 sessions, 202 segments/s captured, 200/s delivered, 2.00 Mbit/s, 1 held, 3 dropped,"
                        + " interceptors 1/2");
        assertThat(line.next(10_000_000_000L)).startsWith("0 sessions, 0 segments/s captured, 0/s delivered");
    }

    @Test
    void explainsWhatTheGovernorDoes() {
        verdict = new Verdict(Verdict.State.SHED, 0.4, Resource.CPU, 1.25);
        shard.add(CopierCounter.SESSIONS_SHED, 12);

        String why = "governor: CPU at 125 % of its budget: new sessions are taken up from 40 % of all";
        assertThat(ClosingReport.of(figures)).contains("12  shed; " + why);
        assertThat(new ProgressLine(figures, 0).next(1)).endsWith(why);
    }
}
