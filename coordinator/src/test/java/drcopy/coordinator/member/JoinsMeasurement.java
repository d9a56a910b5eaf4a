// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import drcopy.agent.HostPort;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.coordinator.pool.ProcessMark;
import drcopy.coordinator.serve.EmbeddedZooKeeper;
import drcopy.coordinator.serve.ServerConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Copiers and interceptors on one ZooKeeper: how long until a join is seen by all, and what it asks of ZooKeeper. Figures, with generous
 * limits. {@code -Ddrcopy.joins=20x50}: copiers and interceptors.
 */
@Tag("lab")
class JoinsMeasurement {
    private static final String[] SIZE =
            System.getProperty("drcopy.joins", "20x50").split("x", -1);
    private static final int COPIERS = Integer.parseInt(SIZE[0]);
    private static final int INTERCEPTORS = Integer.parseInt(SIZE[1]);
    private static final int IDLE_SECONDS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<RecordingListener> copiers = new ArrayList<>();
    private PoolAddress address;

    @TempDir
    private Path folder;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aJoinIsSeenByAllCopiers() throws Exception {
        InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(new ServerConfig(folder, listen, List.of(), 0, null))) {
            address = PoolAddress.parse("127.0.0.1:" + server.port(), "default");
            for (int i = 0; i < COPIERS; i++) {
                join(i);
            }
            double[] seconds = new double[INTERCEPTORS];
            long requests = received(server);
            long cpuNs = cpuNs();
            for (int i = 0; i < INTERCEPTORS; i++) {
                seconds[i] = announce(i);
            }
            requests = received(server) - requests;
            cpuNs = cpuNs() - cpuNs;
            Arrays.sort(seconds);
            System.out.printf(
                    Locale.ROOT,
                    "%d copiers, %d interceptors: an interceptor's start to its use by all: median %.0f ms, worst %.0f ms%n",
                    COPIERS,
                    INTERCEPTORS,
                    1000 * seconds[INTERCEPTORS / 2],
                    1000 * seconds[INTERCEPTORS - 1]);
            System.out.printf(
                    Locale.ROOT,
                    "all joins: %.1f requests and events' reads at ZooKeeper each, %.1f ms CPU each of server and clients in one JVM%n",
                    (double) requests / INTERCEPTORS,
                    cpuNs / 1e6 / INTERCEPTORS);
            sayIdle(server);
            assertThat(copiers).allMatch(copier -> copier.interceptors.size() == INTERCEPTORS);
            assertThat(copiers.stream().map(RecordingListener::ids).distinct()).hasSize(COPIERS);
        } finally {
            for (AutoCloseable each : opened) {
                each.close();
            }
        }
    }

    private static void sayIdle(EmbeddedZooKeeper server) throws IOException {
        long requests = received(server);
        long cpuNs = cpuNs();
        long from = System.nanoTime();
        await().pollDelay(Duration.ofSeconds(IDLE_SECONDS)).until(() -> true);
        double seconds = (System.nanoTime() - from) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "idle: %.0f requests/s, %.1f %% of a CPU, server and clients in one JVM%n",
                (received(server) - requests) / seconds,
                (cpuNs() - cpuNs) / 1e7 / seconds);
    }

    private static long cpuNs() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Packets that the server has received, by its own word. */
    private static long received(EmbeddedZooKeeper server) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return text.lines()
                    .filter(line -> line.startsWith("Received: "))
                    .mapToLong(line -> Long.parseLong(line.substring("Received: ".length())))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void join(int number) throws InterruptedException {
        String host = "web" + number;
        ProcessMark process = new ProcessMark(host, number, "t");
        CopierNode node = new CopierNode(1, host, host, "80-198.18.1.200:80", List.of(), "t", "0.1.0", null, process);
        RecordingListener listener = new RecordingListener();
        copiers.add(listener);
        CopierMembership membership =
                CopierMembership.join(address, node, LeaseRequest.lowestFree(1), at -> false, listener);
        opened.add(membership);
        assertThat(membership.await(PATIENCE.toMillis())).isTrue();
    }

    private double announce(int number) {
        HostPort at = HostPort.parse("198.18." + number / 250 + "." + number % 250 + ":36524");
        ProcessMark process = new ProcessMark("rs" + number, number, "t");
        long from = System.nanoTime();
        opened.add(InterceptorMembership.join(
                address,
                new InterceptorNode(1, at.toString(), List.of("198.18.1.200:80"), "t", "0.1.0", null, process)));
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> copiers.stream().allMatch(copier -> copier.interceptors.contains(at)));
        return (System.nanoTime() - from) / 1e9;
    }
}
