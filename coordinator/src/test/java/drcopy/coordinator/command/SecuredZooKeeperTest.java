// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import drcopy.agent.Cli;
import drcopy.agent.HostPort;
import drcopy.coordinator.CoordinatorMain;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.member.CopierMembership;
import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.Lease;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.coordinator.pool.ProcessMark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator whose ZooKeeper asks for certificates, and znodes that belong to a user: made and asked by configuration alone. */
class SecuredZooKeeperTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static String zookeeper;
    private static Program server;

    /** How a command ended. */
    private record Answer(int code, String text) {}

    @BeforeAll
    static void serve() throws Exception {
        certificate("server");
        certificate("ours");
        certificate("stranger");
        Files.writeString(folder.resolve("ops"), "ops:open sesame\n");
        Files.writeString(folder.resolve("other"), "other:guess\n");
        int port = freePort();
        zookeeper = "127.0.0.1:" + port;
        Path settings = Files.writeString(
                folder.resolve("server.cfg"),
                "secureClientPort=" + port
                        + "\nserverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\n"
                        + stores("ssl.", "server", "ours"));
        Path client = client("ours", "server");
        client("stranger", "server");
        server = Program.start(
                folder,
                List.of(),
                Program.COORDINATOR,
                "serve",
                "--data",
                folder.resolve("data").toString(),
                "--bind",
                "127.0.0.1",
                "--http",
                "127.0.0.1:" + freePort(),
                "--zk-server-config",
                settings.toString(),
                "--zk-config",
                client.toString(),
                "--zk-auth",
                folder.resolve("ops").toString());
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> assertThat(
                        command("status", "ours", null).code())
                .as("%s", server.output())
                .isZero());
    }

    @AfterAll
    static void end() {
        server.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** A key with its certificate in one file, and the certificate alone in another. */
    private static void certificate(String name) throws IOException, InterruptedException {
        Path key = folder.resolve(name + ".key");
        Path certificate = folder.resolve(name + ".crt");
        Process openssl = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=" + name,
                        "-addext",
                        "subjectAltName=IP:127.0.0.1",
                        "-keyout",
                        key.toString(),
                        "-out",
                        certificate.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(openssl.exitValue()).isZero();
        Files.writeString(folder.resolve(name + ".pem"), Files.readString(key) + Files.readString(certificate));
    }

    private static String stores(String prefix, String own, String trusted) {
        return String.join(
                "\n",
                prefix + "keyStore.type=PEM",
                prefix + "keyStore.location=" + folder.resolve(own + ".pem"),
                prefix + "trustStore.type=PEM",
                prefix + "trustStore.location=" + folder.resolve(trusted + ".crt"),
                "");
    }

    private static Path client(String own, String trusted) throws IOException {
        return Files.writeString(
                folder.resolve(own + ".cfg"),
                "zookeeper.client.secure=true\nzookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty\n"
                        + stores("zookeeper.ssl.", own, trusted));
    }

    /** Runs a command on the pool, as an operator does; {@code certificate} and {@code user} may be null. */
    private static Answer command(String words, String certificate, String user) {
        List<String> all = new ArrayList<>(Arrays.asList(words.split(" ", -1)));
        all.addAll(List.of("-z", zookeeper));
        if (certificate != null) {
            all.addAll(
                    List.of("--zk-config", folder.resolve(certificate + ".cfg").toString()));
        }
        if (user != null) {
            all.addAll(List.of("--zk-auth", folder.resolve(user).toString()));
        }
        StringWriter text = new StringWriter();
        int code = Cli.run(
                new CoordinatorMain(), new PrintWriter(text), new PrintWriter(text), all.toArray(String[]::new));
        return new Answer(code, text.toString());
    }

    @Test
    void onlyTheUserChangesWhatItMadeAndEverybodyLooks() {
        Answer pause = command("pause --reason mine", "ours", "ops");
        assertThat(pause.code()).as("%s", pause.text()).isZero();

        Answer stranger = command("resume", "ours", "other");
        Answer nobody = command("set ratio=5", "ours", null);
        Answer look = command("status --json", "ours", null);

        assertThat(stranger.code()).isEqualTo(1);
        assertThat(stranger.text()).contains("NoAuth").hasLineCount(1);
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(look.code()).isZero();
        assertThat(look.text()).contains("\"paused\":true,\"ratio\":null");
        assertThat(command("resume", "ours", "ops").code()).isZero();
    }

    @Test
    void onlyTheUserOfACopierTakesItsLease() throws Exception {
        PoolAddress address = PoolAddress.parse(zookeeper, "leases")
                .with(Files.readString(folder.resolve("ops")).strip(), folder.resolve("ours.cfg"));
        CopierNode node = new CopierNode(
                1,
                "web1-80",
                "web1",
                "80-198.18.1.200:80",
                List.of(),
                "t",
                "0.1.0",
                null,
                new ProcessMark("web1", 1, "t"));
        try (CopierMembership copier =
                CopierMembership.join(address, node, LeaseRequest.lowestFree(1), at -> false, new NoListener())) {
            assertThat(copier.await(PATIENCE.toMillis())).isTrue();

            assertThat(command("id free 0 --pool leases", "ours", "other").code())
                    .isEqualTo(1);
            assertThat(command("id list --pool leases", "ours", null).text()).contains("web1-80");
            assertThat(command("id free 0 --pool leases", "ours", "ops").code()).isZero();
        }
    }

    @Test
    void nobodyGetsInWithoutACertificateThatIsTrusted() {
        assertThat(command("status", null, "ops")).isEqualTo(refused());
        assertThat(command("status", "stranger", "ops")).isEqualTo(refused());
    }

    /** Wants to hear nothing. */
    private static final class NoListener implements CopierMembership.Listener {
        @Override
        public void onInterceptors(List<HostPort> interceptors) {}

        @Override
        public void onLeases(String copierId, List<Lease> leases) {}

        @Override
        public void onLeasesUnknown() {}

        @Override
        public void onControl(Control control) {}
    }

    private static Answer refused() {
        return new Answer(
                1,
                "coordinator status: ZooKeeper at " + zookeeper + " does not answer within 5 s"
                        + System.lineSeparator());
    }

    @Test
    void passwordsAreInNoLog() {
        assertThat(command("status", "ours", "ops").code()).isZero();
        assertThat(server.output()).doesNotContain("sesame");
        assertThat(server.isAlive()).isTrue();
    }
}
