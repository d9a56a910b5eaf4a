// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Services that answer from other ports than they are asked at, or call the client: nothing of the target's reaches production's clients. */
@Tag("lab")
class OtherPortsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int TRANSFERS = 10;
    private static final int BYTES = 100_000;
    private static final String CLIENT = "198.18.0.20";
    /** The directors of the lab forward UDP of port 53 and TCP of port 9000. */
    private static final String TARGET = Lab.VIP + ":53," + Lab.VIP + ":9000";

    private final List<HostProcess> servers = new ArrayList<>();
    private Mirror mirror;
    private Lab lab;

    @BeforeEach
    void up() {
        lab = Lab.up(Lab.Director.HMARK);
        mirror = Mirror.up(
                lab,
                List.of(
                        "--udp",
                        "-x",
                        "198.18.0.10:69-198.18.1.200:53,198.18.0.10:21-198.18.1.200:9000",
                        "-s",
                        "198.18.1.11,198.18.1.12,198.18.1.13"),
                List.of("--divert", TARGET));
    }

    @AfterEach
    void down() {
        servers.forEach(HostProcess::close);
        mirror.close();
    }

    /** A folder with a file of a host's own bytes. */
    private Path folder(String host) throws IOException {
        Path folder = Files.createDirectories(lab.folder().resolve("files-" + host));
        Files.writeString(folder.resolve("file"), host.substring(0, 2).repeat(BYTES / 2));
        for (Path open = folder; open.startsWith(Lab.home()); open = open.getParent()) {
            lab.run(host, "chmod", "o+x", open.toString());
        }
        return folder;
    }

    private boolean isProductions(Path file) throws IOException {
        return Files.exists(file) && Files.readString(file).equals("on".repeat(BYTES / 2));
    }

    private void assertTargetsAnswersWereKept(int rightFiles) {
        assertThat(rightFiles).as("transfers of production that are right").isEqualTo(TRANSFERS);
        Await.until(
                "answers of other ports on the dead end",
                LIMIT,
                () -> mirror.interceptors().stream()
                                .mapToLong(interceptor -> interceptor.metric("foreign_packets_total"))
                                .sum()
                        > 0);
        assertThat(mirror.leaks()).isZero();
    }

    @Test
    void tftpAnswersFromAPortOfItsOwn() throws IOException {
        startTftp("online", "198.18.0.10:69");
        for (String host : lab.realServers()) {
            startTftp(host, Lab.VIP + ":53");
        }
        int right = 0;
        for (int i = 0; i < TRANSFERS; i++) {
            Path got = lab.folder().resolve("tftp-" + i);
            lab.attempt("client", "tftp", "-m", "binary", "198.18.0.10", "69", "-c", "get", "file", got.toString());
            right += isProductions(got) ? 1 : 0;
        }

        assertTargetsAnswersWereKept(right);
    }

    private void startTftp(String host, String address) throws IOException {
        String folder = folder(host).toString();
        servers.add(lab.start(
                host,
                "tftp-" + host + ".log",
                List.of(
                        "/usr/sbin/in.tftpd",
                        "--foreground",
                        "--listen",
                        "--address",
                        address,
                        "--user",
                        "root",
                        "--secure",
                        folder)));
        Await.until(
                "tftpd on " + host, LIMIT, () -> lab.run(host, "ss", "-lunH").contains(address));
    }

    @Test
    void activeFtpCallsTheClient() throws IOException {
        startFtp("online", "198.18.0.10", "21");
        for (String host : lab.realServers()) {
            startFtp(host, Lab.VIP, "9000");
        }
        int right = 0;
        for (int i = 0; i < TRANSFERS; i++) {
            Path got = lab.folder().resolve("ftp-" + i);
            lab.attempt(
                    "client", "curl", "-s", "-m", "20", "-P", CLIENT, "-o", got.toString(), "ftp://198.18.0.10/file");
            right += isProductions(got) ? 1 : 0;
        }

        assertTargetsAnswersWereKept(right);
    }

    private void startFtp(String host, String address, String port) throws IOException {
        Path settings = lab.folder().resolve("vsftpd-" + host + ".conf");
        Files.writeString(
                settings,
                String.join(
                        "\n",
                        "listen=YES",
                        "background=NO",
                        "listen_address=" + address,
                        "listen_port=" + port,
                        "anonymous_enable=YES",
                        "local_enable=NO",
                        "anon_root=" + folder(host),
                        "connect_from_port_20=YES",
                        "seccomp_sandbox=NO",
                        "secure_chroot_dir=/run/drcopy-lab",
                        ""));
        servers.add(lab.start(host, "vsftpd-" + host + ".log", List.of("/usr/sbin/vsftpd", settings.toString())));
        Await.until(
                "vsftpd on " + host, LIMIT, () -> lab.run(host, "ss", "-ltnH").contains(address + ":" + port));
    }
}
