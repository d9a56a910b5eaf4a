// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.Check;
import drcopy.agent.ConfigException;
import drcopy.agent.Heading;
import drcopy.agent.HostPort;
import drcopy.coordinator.config.PoolAddress;
import drcopy.coordinator.web.PageServer;
import drcopy.coordinator.zk.PoolStore;
import drcopy.coordinator.zk.ZooKeeperClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of {@code serve} for its page, and for its own way to ZooKeeper: a picocli mixin. */
final class ServeAccess {
    private static final int SHORTEST_TOKEN = 16;

    @Heading("Page")
    @Option(
            names = "--http",
            paramLabel = "ADDRESS:PORT",
            description = "where the page is served (default: 127.0.0.1:8088)")
    private String http = "127.0.0.1:8088";

    @Option(
            names = "--http-token",
            paramLabel = "FILE",
            description = "file with the word that lets other hosts pause and resume; without it they only look")
    private Path httpToken;

    @Option(
            names = "--zk-auth",
            paramLabel = "FILE",
            description = "file with USER:PASSWORD for ZooKeeper, for what the page changes")
    private Path auth;

    @Option(
            names = "--zk-config",
            paramLabel = "FILE",
            description = "settings of ZooKeeper's client, when the server asks for TLS")
    private Path clientConfig;

    /** Refuses what cannot be, before anything is started. */
    void check() {
        listen();
        token();
    }

    PageServer servePage(ZooKeeperClient client) {
        return PageServer.start(listen(), new PoolStore(client), token());
    }

    private HostPort listen() {
        return ConfigException.parse("--http", http, HostPort::parse);
    }

    private String token() {
        if (httpToken == null) {
            return null;
        }
        String token = read("--http-token", httpToken);
        Check.that(token.length() >= SHORTEST_TOKEN, "--http-token", httpToken, "must hold 16 characters or more");
        return token;
    }

    private static String read(String option, Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new ConfigException(option, file, "must be a file that can be read");
        }
    }

    PoolAddress to(PoolAddress address) {
        return address.with(digest(), clientConfig);
    }

    private String digest() {
        if (auth == null) {
            return null;
        }
        return read("--zk-auth", auth);
    }
}
