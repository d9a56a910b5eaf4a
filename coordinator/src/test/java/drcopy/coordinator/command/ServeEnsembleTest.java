// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.zk.PoolStore;
import drcopy.coordinator.zk.ZooKeeperClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code coordinator serve --ensemble}, as a process beside three servers that were there before it. */
class ServeEnsembleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private URI page;

    @Test
    void showsAndControlsAnEnsembleThatLosesAServer() throws Exception {
        try (TestingCluster cluster = new TestingCluster(3)) {
            cluster.start();
            page = URI.create("http://127.0.0.1:" + freePort());
            Path data = folder.resolve("data");
            try (Program serve = Program.start(
                            folder,
                            List.of(),
                            Program.COORDINATOR,
                            "serve",
                            "--ensemble",
                            cluster.getConnectString(),
                            "--data",
                            data.toString(),
                            "--http",
                            page.getAuthority());
                    ZooKeeperClient client =
                            ZooKeeperClient.open(PoolAddress.parse(cluster.getConnectString(), "default"), c -> {})) {
                assertThat(client.awaitConnected(20)).isTrue();
                PoolStore store = new PoolStore(client);
                store.change(before -> before.withRatio(20));
                awaitPage("ratio 20 %", serve);

                InstanceSpec lost = cluster.getInstances().iterator().next();
                assertThat(cluster.killServer(lost)).isTrue();
                await().atMost(PATIENCE).until(() -> pause() == 204);
                awaitPage("paused", serve);
                await().atMost(PATIENCE).ignoreExceptions().until(() -> store.control()
                        .paused());
                assertThat(Files.exists(data)).isFalse();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitPage(String text, Program serve) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                        send(HttpRequest.newBuilder(page.resolve("/pools"))).body())
                .as("%s", serve.output())
                .contains(text));
    }

    private int pause() throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(page.resolve("/control"))
                        .header("HX-Request", "true")
                        .POST(BodyPublishers.ofString("pool=default&action=pause")))
                .statusCode();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }
}
