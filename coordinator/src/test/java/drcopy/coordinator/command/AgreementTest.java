// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import drcopy.agent.Cli;
import drcopy.agent.HostPort;
import drcopy.agent.Metrics;
import drcopy.agent.MetricsServer;
import drcopy.coordinator.CoordinatorMain;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.web.PageServer;
import drcopy.coordinator.zk.PoolStore;
import drcopy.coordinator.zk.ZooKeeperClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code coordinator status}, the page and ZooKeeper's own shell tell the same of a pool. */
class AgreementTest {
    private static final String POOL = "/drcopy/pools/default";
    private static final List<String> INTERCEPTORS = List.of("198.18.1.11:36524", "198.18.1.12:36524");
    private static final List<String> COPIERS = List.of("web1-80", "web2-80");

    @TempDir
    private Path folder;

    @Test
    void statusPageAndZooKeepersShellAgree() throws Exception {
        try (TestingServer server = new TestingServer(true);
                CuratorFramework curator =
                        CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100))) {
            curator.start();
            String zookeeper = "127.0.0.1:" + server.getPort();
            fill(curator);
            try (ZooKeeperClient client = ZooKeeperClient.open(PoolAddress.parse(zookeeper, "default"), change -> {})) {
                assertThat(client.awaitConnected(20)).isTrue();
                PoolStore store = new PoolStore(client);
                store.change(before -> before.withPaused(true).withRatio(20).said("ops@here", "t", "load test"));
                JsonObject status = status(zookeeper);
                String page = page(store);
                String shell = shell(zookeeper);

                agreeOnMembers(status, page, shell);
                agreeOnLeases(status, page, shell);
                agreeOnControl(status, page, shell, store.control());
            }
        }
    }

    @Test
    void statusAndPageTellWhatACopiersGovernorDoes() throws Exception {
        Metrics metrics = new Metrics("copier");
        metrics.gauge("governor_state", "", () -> 1);
        metrics.gauge("governor_share_ratio", "", () -> 0.75);
        metrics.gauge("governor_load_ratio", "", () -> 1.2);
        String words = "sheds, takes 75 %, at 120 % of its budget";
        try (MetricsServer copier = MetricsServer.start(metrics, "127.0.0.1", 0, () -> null, () -> null);
                TestingServer server = new TestingServer(true);
                CuratorFramework curator =
                        CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100))) {
            curator.start();
            create(curator, "/copiers/web1", "{\"id\":\"web1\",\"metrics\":\"127.0.0.1:" + copier.port() + "\"}");
            create(curator, "/copiers/web2", "{\"id\":\"web2\"}");
            create(curator, "/copiers/web3", "{\"id\":\"web3\",\"metrics\":\"127.0.0.1:1\"}");
            String zookeeper = "127.0.0.1:" + server.getPort();

            String status = status(zookeeper, List.of());
            assertThat(status.lines().filter(line -> line.startsWith("web1")))
                    .singleElement(STRING)
                    .endsWith(words);
            assertThat(status.lines().filter(line -> line.matches("web[23].*")))
                    .hasSize(2)
                    .allMatch(line -> line.endsWith("?"));
            try (ZooKeeperClient client = ZooKeeperClient.open(PoolAddress.parse(zookeeper, "default"), change -> {})) {
                assertThat(client.awaitConnected(20)).isTrue();
                PoolStore store = new PoolStore(client);
                try (PageServer page = PageServer.start(new HostPort("127.0.0.1", 0), store, null)) {
                    await().untilAsserted(() -> assertThat(pools(page)).contains(words));
                }
            }
        }
    }

    private static void fill(CuratorFramework curator) throws Exception {
        for (int i = 0; i < 2; i++) {
            String process = "\"process\":{\"host\":\"h" + i + "\",\"pid\":1,\"started\":\"t\"}";
            String common = "\"schema\":1,\"since\":\"2026-11-22T10:0" + i + ":00Z\",\"version\":\"0.1.0\"," + process;
            create(
                    curator,
                    "/interceptors/" + INTERCEPTORS.get(i),
                    "{\"address\":\"" + INTERCEPTORS.get(i) + "\",\"vips\":[\"198.18.1.200:80\"]," + common + "}");
            create(curator, "/ids/" + i, "{\"holder\":\"" + COPIERS.get(i) + "\"," + common + "}");
            create(
                    curator,
                    "/copiers/" + COPIERS.get(i),
                    "{\"id\":\"" + COPIERS.get(i) + "\",\"host\":\"web" + i + "\",\"instance_ids\":[" + i + "],"
                            + common + "}");
        }
    }

    private static void create(CuratorFramework curator, String path, String value) throws Exception {
        curator.create()
                .creatingParentsIfNeeded()
                .withMode(CreateMode.EPHEMERAL)
                .forPath(POOL + path, value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static JsonObject status(String zookeeper) {
        return JsonParser.parseString(status(zookeeper, List.of("--json"))).getAsJsonObject();
    }

    private static String status(String zookeeper, List<String> options) {
        StringWriter out = new StringWriter();
        List<String> words = new ArrayList<>(List.of("status", "-z", zookeeper));
        words.addAll(options);
        int code = Cli.run(
                new CoordinatorMain(), new PrintWriter(out), new PrintWriter(out), words.toArray(String[]::new));
        assertThat(code).as("%s", out).isZero();
        return out.toString();
    }

    private static String page(PoolStore store) throws Exception {
        try (PageServer page = PageServer.start(new HostPort("127.0.0.1", 0), store, null)) {
            return pools(page);
        }
    }

    private static String pools(PageServer page) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + page.port() + "/pools");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    /** What a person sees who types this into zkCli.sh. */
    private String shell(String zookeeper) throws Exception {
        StringBuilder words = new StringBuilder();
        for (String folderName : List.of("interceptors", "copiers", "ids")) {
            words.append("ls ").append(POOL).append('/').append(folderName).append('\n');
        }
        INTERCEPTORS.forEach(at -> words.append("get ")
                .append(POOL)
                .append("/interceptors/")
                .append(at)
                .append('\n'));
        COPIERS.forEach(id ->
                words.append("get ").append(POOL).append("/copiers/").append(id).append('\n'));
        words.append("get -s ")
                .append(POOL)
                .append("/ids/0\nget -s ")
                .append(POOL)
                .append("/ids/1\n");
        words.append("get ").append(POOL).append("/control\nquit\n");
        try (Program program =
                Program.start(folder, List.of(), Program.ZOOKEEPER_SHELL, "-server", zookeeper, "-waitforconnection")) {
            program.say(words.toString());
            assertThat(program.end()).as("%s", program.output()).isZero();
            return program.output();
        }
    }

    /** The JSON objects that the shell printed, in the order they were asked for. */
    private static List<JsonObject> values(String shell) {
        return shell.lines()
                .filter(line -> line.startsWith("{"))
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    private static void agreeOnMembers(JsonObject status, String page, String shell) {
        List<JsonObject> values = values(shell);
        assertThat(values).as("%s", shell).hasSize(7);
        assertThat(shell).contains("[198.18.1.11:36524, 198.18.1.12:36524]", "[web1-80, web2-80]", "[0, 1]");
        JsonArray interceptors = status.getAsJsonArray("interceptors");
        JsonArray copiers = status.getAsJsonArray("copiers");
        assertThat(interceptors).hasSize(2);
        assertThat(copiers).hasSize(2);
        for (int i = 0; i < 2; i++) {
            same(interceptors.get(i), values.get(i), List.of("address", "vips", "since", "version"));
            same(copiers.get(i), values.get(2 + i), List.of("id", "host", "instance_ids", "since", "version"));
            assertThat(page).contains(INTERCEPTORS.get(i), COPIERS.get(i));
        }
    }

    private static void same(JsonElement shown, JsonObject kept, List<String> names) {
        for (String name : names) {
            assertThat(shown.getAsJsonObject().get(name)).as(name).isEqualTo(kept.get(name));
        }
    }

    private static void agreeOnLeases(JsonObject status, String page, String shell) {
        Matcher czxids = Pattern.compile("cZxid = 0x([0-9a-f]+)").matcher(shell);
        JsonArray ids = status.getAsJsonArray("ids");
        assertThat(ids).hasSize(2);
        for (int i = 0; i < 2; i++) {
            JsonObject id = ids.get(i).getAsJsonObject();
            assertThat(czxids.find()).as("%s", shell).isTrue();
            assertThat(id.get("id").getAsInt()).isEqualTo(i);
            assertThat(id.get("epoch").getAsLong()).isEqualTo(Long.parseLong(czxids.group(1), 16));
            assertThat(id.get("holder")).isEqualTo(values(shell).get(4 + i).get("holder"));
            assertThat(page).contains("<td data-name='Epoch'>" + id.get("epoch").getAsLong());
        }
    }

    private static void agreeOnControl(JsonObject status, String page, String shell, Control control) {
        JsonObject kept = values(shell).get(6);
        same(status.get("control"), kept, List.of("paused", "ratio"));
        assertThat(control.paused()).isTrue();
        assertThat(kept.get("reason").getAsString()).isEqualTo("load test");
        assertThat(page).contains("paused", "ratio 20 %", "load test");
    }
}
