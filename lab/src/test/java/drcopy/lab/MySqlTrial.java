// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** MariaDB online and on the real server, with another password and other scrambles and statement IDs there. */
@Tag("lab")
class MySqlTrial {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final List<String> COUNTED = List.of(
            "Com_select",
            "Com_insert",
            "Com_update",
            "Com_delete",
            "Com_begin",
            "Com_commit",
            "Com_create_table",
            "Com_create_db",
            "Com_stmt_prepare",
            "Com_stmt_execute",
            "Com_stmt_close");

    private static MariaDb online;
    private static MariaDb target;
    private static Mirror mirror;

    @BeforeAll
    static void up() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK, "my" + ProcessHandle.current().pid(), 1);
        online = MariaDb.start(lab, "online", "secret-online");
        target = MariaDb.start(lab, "rs1", "other-at-target", "--thread-cache-size=0");
        Path users = lab.folder().resolve("users");
        Files.writeString(
                Files.createFile(
                        users, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                MariaDb.USER + "@other-at-target\n");
        mirror = Mirror.up(
                lab,
                List.of("-x", "3306-" + Lab.VIP + ":3306", "-s", Lab.address("rs1"), "-u", "@" + users),
                List.of("--divert", Lab.VIP + ":3306"));
    }

    @AfterAll
    static void down() {
        mirror.close();
    }

    private static void asClient(String... options) {
        mirror.lab().run("client", asClientCommand(options));
    }

    private static String[] asClientCommand(String... options) {
        String[] command = new String[options.length + 5];
        System.arraycopy(
                new String[] {"mariadb", "--no-defaults", "-h" + Lab.ONLINE, "-u" + MariaDb.USER, "-psecret-online"},
                0,
                command,
                0,
                5);
        System.arraycopy(options, 0, command, 5, options.length);
        return command;
    }

    private static String sysbench(String phase, String database, int threads, String... options) {
        List<String> command = new ArrayList<>(List.of(
                "sysbench",
                "oltp_read_write",
                "--mysql-host=" + Lab.ONLINE,
                "--mysql-user=" + MariaDb.USER,
                "--mysql-password=secret-online",
                "--mysql-db=" + database,
                "--table-size=2000",
                "--tables=2",
                "--time=0",
                "--threads=" + threads));
        command.addAll(List.of(options));
        command.add(phase);
        return mirror.lab().run("client", command.toArray(String[]::new));
    }

    private static void awaitCounts(Map<String, Long> onlineBefore, Map<String, Long> targetBefore) {
        Await.happens(LIMIT, () -> since(targetBefore, target).equals(since(onlineBefore, online)));
        assertThat(since(targetBefore, target)).as("%s", Expect.state(mirror)).isEqualTo(since(onlineBefore, online));
    }

    private static Map<String, Long> since(Map<String, Long> before, MariaDb server) {
        Map<String, Long> now = server.commands();
        Map<String, Long> counts = new TreeMap<>();
        COUNTED.forEach(name -> counts.put(name, now.get(name) - before.get(name)));
        return counts;
    }

    @Test
    void createsOnTheTargetWhatIsCreatedOnline() {
        asClient("-e", "create database mirrored");

        Await.until("the database on the target", LIMIT, () -> target.query("show databases")
                .contains("mirrored"));
        assertThat(mirror.leaks()).isZero();
    }

    @Test
    void changesTheSameRowsWithTextAndWithPreparedStatements() {
        asClient("-e", "create database bench");
        Map<String, Long> onlineBefore = online.commands();
        Map<String, Long> targetBefore = target.commands();

        // Sessions are ordered within themselves only: each phase waits until the target has all of the one before.
        sysbench("prepare", "bench", 1);
        awaitCounts(onlineBefore, targetBefore);
        assertSameRows();
        sysbench("run", "bench", 1, "--events=150", "--db-ps-mode=disable");
        awaitCounts(onlineBefore, targetBefore);
        assertSameRows();
        sysbench("run", "bench", 1, "--events=150");
        awaitCounts(onlineBefore, targetBefore);
        assertSameRows();
        System.out.println("mysql, 1 session at a time: " + since(targetBefore, target));
    }

    private static void assertSameRows() {
        String checksum = "checksum table bench.sbtest1, bench.sbtest2";
        Await.happens(LIMIT, () -> target.query(checksum).equals(online.query(checksum)));
        assertThat(target.query(checksum)).isEqualTo(online.query(checksum));
    }

    @Test
    void runsEveryCommandOfManySessions() {
        asClient("-e", "create database many");
        Map<String, Long> onlineBefore = online.commands();
        Map<String, Long> targetBefore = target.commands();
        sysbench("prepare", "many", 1);
        awaitCounts(onlineBefore, targetBefore);
        sysbench("run", "many", 8, "--events=400", "--skip-trx=on", "--mysql-ignore-errors=all");
        awaitCounts(onlineBefore, targetBefore);
        System.out.println("mysql, 8 sessions: " + since(targetBefore, target));
    }
}
