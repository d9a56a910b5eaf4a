// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A MariaDB on a host of the lab, on port 3306 of all its addresses, with one user for the network. Ends with the lab. */
public final class MariaDb {
    /** The user for the network; may do everything. */
    public static final String USER = "app";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Lab lab;
    private final String host;
    private final Path socket;

    private MariaDb(Lab lab, String host) {
        this.lab = lab;
        this.host = host;
        this.socket = Path.of("/tmp", "drcopy-" + lab.name() + "-" + host + ".sock");
    }

    /** Starts an empty server and waits until it answers. */
    public static MariaDb start(Lab lab, String host, String password, String... options) {
        MariaDb server = new MariaDb(lab, host);
        Path data = lab.folder().resolve("mariadb-" + host);
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Shell.run(
                PATIENCE,
                "mariadb-install-db",
                "--no-defaults",
                "--user=root",
                "--datadir=" + data,
                "--auth-root-authentication-method=normal",
                "--skip-test-db");
        List<String> command = new ArrayList<>(List.of(
                "mariadbd",
                "--no-defaults",
                "--user=root",
                "--datadir=" + data,
                "--socket=" + server.socket,
                "--skip-name-resolve",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=32M",
                "--innodb-log-file-size=16M"));
        command.addAll(List.of(options));
        lab.start(host, "mariadb-" + host + ".log", command);
        Await.until(
                "MariaDB on " + host, PATIENCE, () -> server.attempt("select 1").status() == 0);
        server.query("create user " + USER + " identified by '" + password + "'");
        server.query("grant all on *.* to " + USER);
        return server;
    }

    private Shell.Outcome attempt(String sql) {
        return lab.attempt(host, "mariadb", "--no-defaults", "--socket=" + socket, "-uroot", "-NBe", sql);
    }

    /** What root's query says: a line a row, columns parted by tabs. */
    public String query(String sql) {
        return lab.run(host, "mariadb", "--no-defaults", "--socket=" + socket, "-uroot", "-NBe", sql)
                .strip();
    }

    /** The server's count of each kind of command. */
    public Map<String, Long> commands() {
        Map<String, Long> counts = new TreeMap<>();
        query("show global status like 'Com\\_%'").lines().forEach(line -> {
            String[] columns = line.split("\t", -1);
            counts.put(columns[0], Long.valueOf(columns[1]));
        });
        return counts;
    }
}
