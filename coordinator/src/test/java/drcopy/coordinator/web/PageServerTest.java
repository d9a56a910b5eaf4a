// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.web;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.HostPort;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.zk.PoolStore;
import drcopy.coordinator.zk.ZooKeeperClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PageServerTest {
    private static final String TOKEN = "correct horse battery";
    private static final String PAUSE = "pool=default&action=pause";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static TestingServer zookeeper;
    private static ZooKeeperClient client;
    private static PoolStore store;

    @BeforeAll
    static void start() throws Exception {
        zookeeper = new TestingServer(true);
        client = ZooKeeperClient.open(PoolAddress.parse("127.0.0.1:" + zookeeper.getPort(), "default"), change -> {});
        assertThat(client.awaitConnected(20)).isTrue();
        store = new PoolStore(client);
        store.change(control -> control.withRatio(20));
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        zookeeper.close();
    }

    private static PageServer page(String address, String token) {
        return PageServer.start(new HostPort(address, 0), store, token);
    }

    private static HttpResponse<String> get(PageServer page, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + page.port() + path);
        return HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static int post(PageServer page, String form, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + page.port() + "/control"))
                .POST(BodyPublishers.ofString(form));
        headers.forEach(request::header);
        return HTTP.send(request.build(), BodyHandlers.ofString()).statusCode();
    }

    @Test
    void servesThePageWithAllItNeeds() throws Exception {
        try (PageServer page = page("127.0.0.1", null)) {
            String html = get(page, "/").body();

            assertThat(html).doesNotContain("http://", "https://", "${");
            for (String path : html.split("(href|src)=\"", -1)) {
                String file = path.substring(0, Math.max(0, path.indexOf('"')));
                if (file.startsWith("/")) {
                    assertThat(get(page, file).statusCode()).as(file).isEqualTo(200);
                }
            }
            assertThat(get(page, "/webjars/../drcopy/coordinator/web/page.html").statusCode())
                    .isEqualTo(404);
            assertThat(get(page, "/version.properties").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void saysWhatZooKeeperSaysAndEscapesIt() throws Exception {
        store.change(control -> control.said("<b>ops</b>", "2026-11-22T10:00:00Z", "a \"reason\""));
        try (PageServer page = page("127.0.0.1", null)) {
            assertThat(get(page, "/pools").body())
                    .contains("Pool default", "&lt;b&gt;ops&lt;/b&gt;", "a &quot;reason&quot;")
                    .doesNotContain("<b>ops");
        }
    }

    @Test
    void pausesAndResumesForThePageItselfOnly() throws Exception {
        try (PageServer page = page("127.0.0.1", null)) {
            assertThat(post(page, PAUSE, Map.of())).isEqualTo(403);
            assertThat(store.control().paused()).isFalse();

            assertThat(post(page, PAUSE, Map.of("HX-Request", "true"))).isEqualTo(204);
            assertThat(store.control().paused()).isTrue();
            assertThat(store.control().by()).isEqualTo("page@127.0.0.1");

            assertThat(post(page, "pool=default&action=resume", Map.of("HX-Request", "true")))
                    .isEqualTo(204);
            assertThat(store.control()).extracting(Control::paused).isEqualTo(false);
            assertThat(post(page, "pool=default&action=erase", Map.of("HX-Request", "true")))
                    .isEqualTo(400);
            assertThat(post(page, "pool=nope&action=pause", Map.of("HX-Request", "true")))
                    .isEqualTo(400);
        }
    }

    @Test
    void beyondLoopbackOnlyTheTokenControls() throws Exception {
        Map<String, String> own = Map.of("HX-Request", "true");
        try (PageServer open = page("0.0.0.0", null);
                PageServer guarded = page("0.0.0.0", TOKEN)) {
            assertThat(get(open, "/pools").body()).doesNotContain("<button");
            assertThat(post(open, PAUSE, own)).isEqualTo(403);
            assertThat(post(guarded, PAUSE, own)).isEqualTo(403);
            assertThat(post(guarded, PAUSE + "&token=wrong", own)).isEqualTo(403);
            assertThat(store.control().paused()).isFalse();

            assertThat(post(guarded, "pool=default&action=resume&token=correct+horse+battery", own))
                    .isEqualTo(204);
        }
    }

    @Test
    void readsFiguresOfAgents() {
        assertThat(AgentFigures.parse("# HELP x\nx_total{a=\"b c\"} 3\nx_total{a=\"d\"} 4.0\ny 5\nbroken\nz nope\n"))
                .isEqualTo(Map.of("x_total", 7.0, "y", 5.0));
    }
}
