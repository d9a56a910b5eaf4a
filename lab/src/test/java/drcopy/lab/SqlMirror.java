// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A mirror of databases, what clients do to the one online, and what the ones on the real servers have got of it. */
final class SqlMirror implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration STALLED = Duration.ofSeconds(60);
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(5);
    static final String ONLINE_PASSWORD = "secret-online";
    static final String TARGET_PASSWORD = "other-at-target";
    final Mirror mirror;
    final Database online;
    final List<Database> targets;
    final List<String> copierOptions;
    private Map<String, Long> onlineBefore;
    private Map<String, Long> targetsBefore;

    /** Starts agents in the databases' lab, whose interceptors divert port 3306; the copier knows the users by their password on the targets. */
    SqlMirror(Lab lab, Database online, List<Database> targets, List<String> users) throws IOException {
        this.online = online;
        this.targets = targets;
        Path file = lab.folder().resolve("users");
        var ownersOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.write(
                Files.createFile(file, ownersOnly),
                users.stream().map(user -> user + "@" + TARGET_PASSWORD).toList());
        String interceptors =
                String.join(",", lab.realServers().stream().map(Lab::address).toList());
        copierOptions = List.of("-x", "3306-" + Lab.VIP + ":3306", "-s", interceptors, "-u", "@" + file);
        mirror = Mirror.up(lab, copierOptions, List.of("--divert", Lab.VIP + ":3306"));
        mark();
    }

    Database target() {
        return targets.get(0);
    }

    /** Runs the mariadb client at the clients' host. */
    Shell.Outcome client(String user, String... options) {
        return command("mariadb", user, options);
    }

    /** Runs a program at the clients' host that takes the options of MySQL's. */
    Shell.Outcome command(String program, String user, String... options) {
        String[] login = {program, "--no-defaults", "-h" + Lab.ONLINE, "-u" + user, "-p" + ONLINE_PASSWORD};
        String[] command =
                Stream.concat(Arrays.stream(login), Arrays.stream(options)).toArray(String[]::new);
        return mirror.lab().attempt("client", command);
    }

    /** Runs a {@link JdbcSession} with a driver; the table that it writes gets the same rows on the target. */
    void jdbc(String driver, String user, String options) {
        String table = "jdbc.by_" + driver;
        String url = "jdbc:" + driver + "://" + Lab.ONLINE + "/jdbc" + options;
        List<String> command = JdbcSession.command(url, user, ONLINE_PASSWORD, table);
        mirror.lab().run("client", command.toArray(String[]::new));
        String tables =
                "select count(*) from information_schema.tables where table_schema = 'jdbc' and table_name = 'by_"
                        + driver + "'";
        boolean isWhole = Await.happens(
                LIMIT,
                () -> target().query(tables).equals("1")
                        && target().query("select count(*) from " + table).equals("" + JdbcSession.ROWS));
        assertThat(isWhole).as("%s; %s", url, Expect.state(mirror)).isTrue();
        String checksum = "checksum table " + table;
        assertThat(target().query(checksum)).isEqualTo(online.query(checksum));
    }

    /** One session at a time writes, in text and by prepared statements; then the target has the same rows. */
    void sameRowsAfterWriting(String database) {
        mark();
        // Sessions are ordered within themselves only: each phase waits until the target has all of the one before.
        load(database, 1, "prepare");
        awaitCounts();
        load(database, 1, "--time=0", "--events=60", "--db-ps-mode=disable", "run");
        awaitCounts();
        load(database, 1, "--time=0", "--events=60", "run");
        System.out.println("1 session at a time: " + awaitCounts());
        String checksum = "checksum table " + database + ".sbtest1, " + database + ".sbtest2";
        assertThat(target().query(checksum)).isEqualTo(online.query(checksum));
    }

    /** Has the client run SQL, which must succeed. */
    void run(String user, String sql) {
        Shell.Outcome outcome = client(user, "-e", sql);
        assertThat(outcome.status()).as(outcome.output()).isZero();
    }

    /** A command of sysbench on two tables. */
    static List<String> sysbench(String script, String database, int threads, String... options) {
        List<String> command = new ArrayList<>(List.of(
                "sysbench",
                script,
                "--mysql-host=" + Lab.ONLINE,
                "--mysql-user=" + Database.USER,
                "--mysql-password=" + ONLINE_PASSWORD,
                "--mysql-db=" + database,
                "--table-size=" + Database.ROWS,
                "--tables=2",
                "--threads=" + threads));
        command.addAll(List.of(options));
        return command;
    }

    /** Runs sysbench's mix of reads and writes to its end; its output. */
    String load(String database, int threads, String... options) {
        List<String> command = sysbench("oltp_read_write", database, threads, options);
        return Shell.run(Duration.ofMinutes(2), onClient(command));
    }

    private String[] onClient(List<String> command) {
        List<String> words =
                new ArrayList<>(List.of("ip", "netns", "exec", mirror.lab().name() + "-client"));
        words.addAll(command);
        return words.toArray(String[]::new);
    }

    /** Commands count from here. */
    void mark() {
        onlineBefore = commands(List.of(online));
        targetsBefore = commands(targets);
    }

    private static Map<String, Long> commands(List<Database> servers) {
        Map<String, Long> sum = new TreeMap<>();
        servers.forEach(server -> server.commands().forEach((name, count) -> sum.merge(name, count, Long::sum)));
        return sum;
    }

    private static Map<String, Long> since(Map<String, Long> before, List<Database> servers) {
        Map<String, Long> counts = commands(servers);
        counts.replaceAll((name, count) -> count - before.get(name));
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    /** The targets get to have run every command that online has, each kind as often; the counts. */
    Map<String, Long> awaitCounts() {
        Await.happens(LIMIT, () -> counts(targets).equals(counts(List.of(online))));
        return equalCounts();
    }

    /** Waits until the targets have run every command that online has, as long as they run any. */
    Duration drain() {
        long startNs = System.nanoTime();
        long movedNs = startNs;
        Map<String, Long> expected = counts(List.of(online));
        Map<String, Long> last = counts(targets);
        while (!last.equals(expected)
                && System.nanoTime() - movedNs < STALLED.toNanos()
                && System.nanoTime() - startNs < LONGEST_DRAIN.toNanos()) {
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            Map<String, Long> now = counts(targets);
            movedNs = now.equals(last) ? movedNs : System.nanoTime();
            last = now;
        }
        return Duration.ofNanos(System.nanoTime() - startNs);
    }

    /** Each kind of command since the mark, which online and the targets have run equally often. */
    Map<String, Long> equalCounts() {
        Map<String, Long> counts = counts(targets);
        assertThat(counts).as("%s", Expect.state(mirror)).isEqualTo(counts(List.of(online)));
        return counts;
    }

    /** Each kind of command that the targets have run since the mark. */
    Map<String, Long> targetCounts() {
        return counts(targets);
    }

    private Map<String, Long> counts(List<Database> servers) {
        return since(servers.equals(targets) ? targetsBefore : onlineBefore, servers);
    }

    void awaitDatabase(String name) {
        boolean isThere = Await.happens(
                LIMIT, () -> target().query("show databases").lines().anyMatch(name::equals));
        assertThat(isThere)
                .as("%s on the target; %s", name, Expect.state(mirror))
                .isTrue();
    }

    /** Sessions of the network's user. */
    static long sessions(Database server) {
        return Long.parseLong(server.query(
                "select count(*) from information_schema.processlist where user = '" + Database.USER + "'"));
    }

    @Override
    public void close() {
        mirror.close();
    }
}
