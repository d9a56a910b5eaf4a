// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    private static final String LOOPBACK = "127.0.0.1";

    private final AtomicLong packets = new AtomicLong();
    private final AtomicReference<String> unhealthy = new AtomicReference<>();
    private final AtomicReference<String> unready = new AtomicReference<>("no interceptor is connected");
    private final Metrics metrics = new Metrics("copier");
    private MetricsServer server;

    enum Reason {
        PURE_ACK,
        MALFORMED
    }

    @BeforeEach
    void start() {
        metrics.counter("packets_captured", "Packets that the capture handed over.", packets::get);
        metrics.gauge("sessions", "Sessions with state.", () -> 3);
        metrics.counters("segments_dropped", "By reason.", "reason", Reason.class, Reason::ordinal);
        server = MetricsServer.start(metrics, LOOPBACK, 0, unhealthy::get, unready::get);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void showsTheProcessesOwnCountersAsTheyAre() throws Exception {
        packets.set(7);
        assertThat(get("/metrics").body().lines())
                .contains(
                        "drcopy_copier_packets_captured_total 7.0",
                        "drcopy_copier_sessions 3.0",
                        "drcopy_copier_segments_dropped_total{reason=\"pure_ack\"} 0.0",
                        "drcopy_copier_segments_dropped_total{reason=\"malformed\"} 1.0");
        packets.set(9);
        assertThat(get("/metrics").body().lines()).contains("drcopy_copier_packets_captured_total 9.0");
    }

    @Test
    void showsVersionCpuAndMemory() throws Exception {
        assertThat(get("/metrics").body())
                .contains("drcopy_build_info{commit=\"", "program=\"copier\"")
                .contains("process_cpu_seconds_total ", "process_resident_memory_bytes ");
    }

    @Test
    void probesAnswerWithTheReason() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        HttpResponse<String> notReady = get("/readyz");
        assertThat(notReady.statusCode()).isEqualTo(503);
        assertThat(notReady.body()).isEqualTo("no interceptor is connected\n");
        unready.set(null);
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        unhealthy.set("the shard stopped");
        assertThat(get("/healthz").statusCode()).isEqualTo(503);
    }

    @Test
    void refusesAPortInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> MetricsServer.start(new Metrics("copier"), LOOPBACK, port, () -> null, () -> null))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("--metrics-port " + port
                            + ": must be free to listen on at 127.0.0.1: Address already in use");
        }
    }

    @Test
    void refusesAnAddressThatIsNotThisHosts() {
        assertThatThrownBy(() -> MetricsServer.start(new Metrics("copier"), "198.18.0.1", 0, () -> null, () -> null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("198.18.0.1");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://" + LOOPBACK + ":" + server.port() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
