// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.command;

import drcopy.agent.ConfigException;
import drcopy.coordinator.config.PoolAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of {@code serve} for its page, and for its own way to ZooKeeper: a picocli mixin. */
final class ServeAccess {
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

    void check() {}

    PoolAddress to(PoolAddress address) {
        return address.with(digest(), clientConfig);
    }

    private String digest() {
        if (auth == null) {
            return null;
        }
        try {
            return Files.readString(auth).strip();
        } catch (IOException e) {
            throw new ConfigException("--zk-auth", auth, "must be a file that can be read");
        }
    }
}
