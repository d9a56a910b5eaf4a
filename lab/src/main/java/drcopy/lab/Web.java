// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * nginx on a host, ports 80 and 8080, IPv4 and IPv6: {@code /up/} stores request bodies as files, {@code /page/} answers 20 kB, {@code /file/} 100 kB,
 * everything else answers 100 bytes.
 */
public final class Web implements AutoCloseable {
    private static final String CONFIG =
            """
            worker_processes %6$d; daemon off; pid %1$s/pid; error_log %1$s/error.log error; worker_rlimit_nofile %5$d;
            events { worker_connections %4$d; }
            http {
              log_format lab '%2$s';
              access_log %1$s/access.log lab buffer=64k flush=200ms;
              keepalive_requests %8$d; keepalive_timeout %9$ds; tcp_nodelay on;
              client_max_body_size 200m; client_body_timeout 20s; client_body_temp_path %1$s/bodies;
              default_type text/plain;
              server {
                listen 80 backlog=8192%7$s; listen [::]:80 backlog=8192%7$s; listen 8080 backlog=8192%7$s; listen [::]:8080 backlog=8192%7$s;
                location / { return 200 "%3$s\\n"; }
                location /file/ { root %1$s; try_files /file.txt =404; }
                location /page/ { root %1$s; try_files /page.txt =404; }
                location /up/ { client_body_in_file_only on; client_body_buffer_size 1m; proxy_pass http://unix:%1$s/sink; }
              }
              server { listen unix:%1$s/sink; access_log off; location / { return 200 "stored\\n"; } }
            }
            """;
    private static final int PAGE_BYTES = 20_000;
    private static final int FILE_BYTES = 100_000;
    private static final int CONNECTIONS = 16_384;
    private static final int OTHER_FILES = 8_192;
    private static final int MANY_REQUESTS = 100_000_000;
    private static final int LONG_IDLE_SECONDS = 120;

    private final Lab lab;
    private final String host;
    private final Path folder;
    private final AccessLog log;
    private final int connections;
    private HostProcess process;

    private Web(Lab lab, String host, int connections) {
        this.lab = lab;
        this.host = host;
        this.connections = connections;
        this.folder = lab.folder().resolve("web-" + host);
        this.log = new AccessLog(folder.resolve("access.log"));
    }

    /** Starts a server that answers when this returns. */
    public static Web start(Lab lab, String host) {
        return start(lab, host, CONNECTIONS);
    }

    /** Like the other, for so many connections at a time; one worker has 16,384 at most, for a process may not have many more files. */
    public static Web start(Lab lab, String host, int connections) {
        Web web = new Web(lab, host, connections);
        web.configure(MANY_REQUESTS, LONG_IDLE_SECONDS);
        web.start();
        return web;
    }

    /**
     * Starts it anew; from then on it closes a connection after so many requests, and one that idles so long.
     *
     * @param idleSeconds 1 at least
     */
    public void keep(int requests, int idleSeconds) {
        close();
        configure(requests, idleSeconds);
        start();
    }

    /** As {@link #keep}, with what it has at first: more than a test reaches. */
    public void keepLong() {
        keep(MANY_REQUESTS, LONG_IDLE_SECONDS);
    }

    private void configure(int requests, int idleSeconds) {
        try {
            Files.createDirectories(folder);
            Path bodies = Files.createDirectories(folder.resolve("bodies"));
            Files.setPosixFilePermissions(bodies, PosixFilePermissions.fromString("rwxrwxrwx"));
            int workers = (connections + CONNECTIONS - 1) / CONNECTIONS;
            int each = connections / workers;
            String config = CONFIG.formatted(
                    folder,
                    AccessLog.FORMAT,
                    "a".repeat(99),
                    each,
                    2 * each + OTHER_FILES,
                    workers,
                    workers > 1 ? " reuseport" : "",
                    requests,
                    idleSeconds);
            Files.writeString(folder.resolve("page.txt"), "b".repeat(PAGE_BYTES));
            Files.writeString(folder.resolve("file.txt"), "c".repeat(FILE_BYTES));
            Files.writeString(folder.resolve("nginx.conf"), config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, again after {@link #close}, under a command that is followed by the server's. */
    public void start(String... wrapper) {
        List<String> command = new ArrayList<>(List.of(wrapper));
        command.addAll(List.of("/usr/sbin/nginx", "-p", folder.toString(), "-c", folder + "/nginx.conf"));
        process = lab.start(host, "web-" + host + ".log", command);
        Await.until(
                "nginx on " + host + " answers",
                Duration.ofSeconds(30),
                () -> lab.attempt(host, "curl", "-s", "-m", "1", "http://127.0.0.1:8080/started")
                                .status()
                        == 0);
    }

    public String host() {
        return host;
    }

    public AccessLog log() {
        return log;
    }

    /** Stops it in its tracks, with its connections open, until {@link #resume}. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        for (long pid : lab.pids(host, "nginx")) {
            HostProcess.signal(name, pid);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
