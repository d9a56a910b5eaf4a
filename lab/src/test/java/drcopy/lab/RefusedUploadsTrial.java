// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Online says 100 Continue, 102 and 103 and takes bodies that are made of requests; the target refuses the upload at once. What it then
 * does differs from server to server. No request made of a body arrives anywhere, and each session's next request does.
 */
@Tag("lab")
class RefusedUploadsTrial {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int SESSIONS = 20;
    private static final String HOST = "rs1";

    /** A server and how it refuses; all but the last refuse what begins with /u-. */
    enum Server {
        APACHE_DENIED(7101),
        HAPROXY_DENY(7102),
        NGINX_RETURN(7103),
        NGINX_DENY(7104),
        NGINX_TOO_LARGE(7105),
        SCRIPTED(7106);

        final int port;

        Server(int port) {
            this.port = port;
        }
    }

    private static final String APACHE =
            """
            ServerName a
            PidFile %1$s/apache.pid
            ErrorLog %1$s/apache.error
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            User www-data
            Group www-data
            Listen 7101
            DocumentRoot %1$s
            CustomLog %1$s/%2$s "%%m %%U"
            <LocationMatch "^/u-">
            Require all denied
            </LocationMatch>
            """;
    private static final String HAPROXY =
            """
            global
              log stdout format raw local0
            defaults
              mode http
              log global
              log-format "%%HM %%HP"
              timeout client 30s
              timeout connect 5s
              timeout server 30s
            frontend refusing
              bind :7102
              http-request deny if { path_beg /u- }
              http-request return status 200 content-type text/plain string ok
            """;
    private static final String NGINX =
            """
            daemon off; pid %1$s/nginx-refusing.pid; error_log %1$s/nginx-refusing.error;
            events { }
            http {
              log_format named '$request_method $uri';
              server { listen 7103; access_log %1$s/NGINX_RETURN.log named; location / { return 200 ok; } location ~ ^/u- { return 403; } }
              server { listen 7104; access_log %1$s/NGINX_DENY.log named; location / { return 200 ok; } location ~ ^/u- { deny all; } }
              server {
                listen 7105; access_log %1$s/NGINX_TOO_LARGE.log named; client_max_body_size 10; root %1$s;
              }
            }
            """;

    private static Mirror mirror;
    private static Dialogues dialogues;

    @BeforeAll
    static void up() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK, "refuse" + ProcessHandle.current().pid(), 1);
        dialogues = Dialogues.start(
                lab,
                HOST,
                servers().map(server -> "interim:" + server.port + ":1000:0").toList(),
                List.of("refuse:" + Server.SCRIPTED.port + ":1000:0"));
        serve(lab, Server.APACHE_DENIED, APACHE, "/usr/sbin/apache2", "-D", "FOREGROUND", "-f");
        serve(lab, Server.HAPROXY_DENY, HAPROXY, "/usr/sbin/haproxy", "-db", "-f");
        serve(lab, Server.NGINX_RETURN, NGINX, "/usr/sbin/nginx", "-c");
        String transfers =
                servers().map(s -> s.port + "-" + Lab.VIP + ":" + s.port).collect(Collectors.joining(","));
        String services = servers().map(s -> Lab.VIP + ":" + s.port).collect(Collectors.joining(","));
        mirror = Mirror.up(lab, List.of("-x", transfers, "-s", Lab.address(HOST)), List.of("--divert", services));
        dialogues.talk(
                LIMIT,
                servers().map(s -> "requests:" + s.port + ":" + SESSIONS + ":1").toArray(String[]::new));
    }

    private static Stream<Server> servers() {
        return Arrays.stream(Server.values());
    }

    private static Path log(Lab lab, Server server) {
        return lab.folder().resolve(server + ".log");
    }

    private static void serve(Lab lab, Server server, String config, String... command) throws IOException {
        Path file = lab.folder().resolve(server + ".conf");
        Files.writeString(file, config.formatted(lab.folder(), log(lab, server).getFileName()));
        List<String> words = new ArrayList<>(List.of(command));
        words.add(file.toString());
        HostProcess process = lab.start(HOST, log(lab, server).getFileName().toString(), words);
        Await.until("a server on port " + server.port, LIMIT, () -> {
            assertThat(process.isAlive()).as(process.output()).isTrue();
            return lab.attempt(HOST, "curl", "-s", "-m", "1", "http://127.0.0.1:" + server.port + "/started")
                            .status()
                    == 0;
        });
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    @ParameterizedTest
    @EnumSource
    void makesNoRequestsOfBodies(Server server) {
        Await.happens(LIMIT, () -> requests(server, "/nu-").size() >= SESSIONS);
        assertThat(requests(server, "/nu-"))
                .as("next requests; %s", Expect.state(mirror))
                .hasSize(SESSIONS)
                .doesNotHaveDuplicates();
        assertThat(requests(server, "/u-")).as("uploads").hasSize(SESSIONS);
        Await.until("nothing is held", LIMIT, () -> mirror.copier().metric("segments_held") == 0);
        assertThat(others(server)).as("requests made of bodies").isEmpty();
    }

    private static List<String> requests(Server server, String path) {
        return lines(server).filter(line -> line.contains(" " + path)).toList();
    }

    private static List<String> others(Server server) {
        return lines(server)
                .filter(line -> !line.contains(" /nu-") && !line.contains(" /u-") && !line.contains("/started"))
                .toList();
    }

    /** Method and path of each request. */
    private static Stream<String> lines(Server server) {
        if (server == Server.SCRIPTED) {
            return dialogues.requests(HOST).stream().map(name -> "- /" + name);
        }
        try {
            return Files.readAllLines(log(mirror.lab(), server)).stream().filter(line -> line.contains(" /"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
