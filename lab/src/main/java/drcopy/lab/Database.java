// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** MariaDB or MySQL on a host of the lab, on port 3306 of all its addresses, with a user for the network. Ends with the lab. */
public final class Database {
    /** The user for the network; may do everything. */
    public static final String USER = "app";

    /** Rows in each table of sysbench's. */
    public static final int ROWS = 5_000;

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** For both; little memory, and no wait for a disk. */
    private static final List<String> OPTIONS = List.of(
            "--user=root",
            "--skip-name-resolve",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-flush-method=nosync",
            "--skip-innodb-doublewrite",
            "--skip-log-bin",
            "--innodb-buffer-pool-size=32M",
            "--innodb-log-file-size=16M");

    private final Lab lab;
    private final String host;
    private final Path socket;
    private long asked;
    private long questionsPerQuery;

    private Database(Lab lab, String host) {
        this.lab = lab;
        this.host = host;
        this.socket = Path.of("/tmp", "drcopy-" + lab.name() + "-" + host + ".sock");
    }

    /** Starts an empty MariaDB and waits until it answers. */
    public static Database mariaDb(Lab lab, String host, String password, String... options) {
        Path empty = lab.folder().resolve("mariadb");
        if (!Files.exists(empty)) {
            Shell.run(
                    PATIENCE,
                    "mariadb-install-db",
                    "--no-defaults",
                    "--user=root",
                    "--datadir=" + empty,
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db");
        }
        Database server = new Database(lab, host);
        server.start(empty, List.of("mariadbd", "--no-defaults"), options);
        server.query("create user " + USER + " identified by '" + password + "'");
        server.query("grant all on *.* to " + USER);
        return server;
    }

    /** Starts an empty MySQL, unpacked in {@code program}, without TLS, and waits until it answers. There is no user but root. */
    public static Database mySql(Lab lab, String host, Path program, String... options) {
        Path empty = lab.folder().resolve("mysql");
        List<String> command =
                List.of(program.resolve("bin/mysqld").toString(), "--no-defaults", "--basedir=" + program);
        if (!Files.exists(empty)) {
            List<String> initialize = new ArrayList<>(command);
            initialize.addAll(List.of("--user=root", "--initialize-insecure", "--datadir=" + empty));
            Shell.run(PATIENCE, initialize.toArray(String[]::new));
        }
        List<String> own = new ArrayList<>(List.of("--mysqlx=OFF", "--performance-schema=OFF", "--skip-ssl"));
        own.addAll(List.of(options));
        Database server = new Database(lab, host);
        server.start(empty, command, own.toArray(String[]::new));
        return server;
    }

    /** Makes a user of MySQL for the network, who may do everything. */
    public void account(String user, String plugin, String password) {
        query("create user " + user + " identified with " + plugin + " by '" + password + "'");
        query("grant all on *.* to " + user);
    }

    private void start(Path empty, List<String> program, String... options) {
        Path data = lab.folder().resolve("data-" + host);
        Shell.run(PATIENCE, "cp", "-r", empty.toString(), data.toString());
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of("--datadir=" + data, "--socket=" + socket));
        command.addAll(OPTIONS);
        command.addAll(List.of(options));
        lab.start(host, "database-" + host + ".log", command);
        Await.until(
                "the database on " + host, PATIENCE, () -> attempt("select 1").status() == 0);
        long first = questions();
        questionsPerQuery = questions() - first; // MySQL 8 counts the login, too
    }

    private Shell.Outcome attempt(String sql) {
        return lab.attempt(host, "mariadb", "--no-defaults", "--socket=" + socket, "-uroot", "-NBe", sql);
    }

    /** Logs a user in over the socket, after which a MySQL knows the password's hash: Debian's client fails at a cold cache. */
    public void warm(String user, String password) {
        lab.run(host, "mariadb", "--no-defaults", "--socket=" + socket, "-u" + user, "-p" + password, "-e", "select 1");
    }

    /** What root's query, a single one, says: a line a row, columns parted by tabs. */
    public String query(String sql) {
        asked++;
        return lab.run(host, "mariadb", "--no-defaults", "--socket=" + socket, "-uroot", "-NBe", sql)
                .strip();
    }

    private long questions() {
        return Long.parseLong(query("show global status like 'Questions'").split("\t", -1)[1]);
    }

    /** The server's count of each kind of command but SHOW STATUS, and of all questions but those of {@link #query}. */
    public Map<String, Long> commands() {
        Map<String, Long> counts = new TreeMap<>();
        String shown = query("show global status where variable_name like 'Com\\_%' or variable_name = 'Questions'");
        shown.lines().map(line -> line.split("\t", -1)).forEach(row -> counts.put(row[0], Long.valueOf(row[1])));
        counts.remove("Com_show_status");
        counts.merge("Questions", -asked * questionsPerQuery, Long::sum);
        return counts;
    }

    /** Makes a database with the two tables of sysbench's loads. */
    public void prepareTables(String database) {
        query("create database " + database);
        lab.run(
                host,
                "sysbench",
                "oltp_read_write",
                "--mysql-socket=" + socket,
                "--mysql-user=root",
                "--mysql-db=" + database,
                "--table-size=" + ROWS,
                "--tables=2",
                "prepare");
    }
}
