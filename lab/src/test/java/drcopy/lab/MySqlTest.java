// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** MariaDB online and on the real server, with another password and other scrambles and statement IDs there. */
@Tag("lab")
class MySqlTest {
    private static SqlMirror sql;

    @BeforeAll
    static void up() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK, "my" + ProcessHandle.current().pid(), 1);
        Database online = Database.mariaDb(lab, "online", SqlMirror.ONLINE_PASSWORD);
        Database target = Database.mariaDb(lab, "rs1", SqlMirror.TARGET_PASSWORD, "--thread-cache-size=0");
        sql = new SqlMirror(lab, online, List.of(target), List.of(Database.USER));
    }

    @AfterAll
    static void down() {
        sql.close();
    }

    @Test
    void createsOnTheTargetWhatIsCreatedOnline() {
        sql.run(Database.USER, "create database mirrored");

        sql.awaitDatabase("mirrored");
        assertThat(sql.mirror.leaks()).isZero();
    }

    @Test
    void changesTheSameRowsWithTextAndWithPreparedStatements() {
        sql.run(Database.USER, "create database bench");
        sql.awaitDatabase("bench");
        sql.sameRowsAfterWriting("bench");
    }

    @Test
    void runsEveryCommandOfManySessions() {
        sql.run(Database.USER, "create database many");
        sql.awaitDatabase("many");
        sql.mark();
        sql.load("many", 1, "prepare");
        sql.awaitCounts();
        sql.load("many", 8, "--time=0", "--events=200", "--skip-trx=on", "--mysql-ignore-errors=all", "run");

        System.out.println("mysql, 8 sessions: " + sql.awaitCounts());
        assertThat(sql.mirror.copier().metric("mysql_statements_unknown_total")).isZero();
    }

    @Test
    void killsNobodyOnTheTarget() {
        long before = sql.target().commands().get("Com_kill");
        long onlineBefore = sql.online.commands().get("Com_kill");
        sql.client(Database.USER, "--force", "-e", "kill query 1234567");
        sql.client(Database.USER, "--force", "-e", "kill 1234568");
        sql.command("mariadb-admin", Database.USER, "kill", "1234569"); // COM_PROCESS_KILL
        sql.run(Database.USER, "create database survivors");

        sql.awaitDatabase("survivors");
        assertThat(sql.online.commands().get("Com_kill")).isEqualTo(onlineBefore + 3);
        assertThat(sql.target().commands().get("Com_kill")).isEqualTo(before);
        assertThat(sql.mirror.copier().metric("mysql_kills_replaced_total")).isEqualTo(3);
    }

    @Test
    void joinsSessionsThatWereOpenBefore() throws IOException {
        sql.run(Database.USER, "create database joined; create table joined.t (session int, n int)");
        sql.awaitDatabase("joined");
        sql.mirror.copier().close();
        Path script = Files.writeString(
                sql.mirror.lab().folder().resolve("writer.lua"),
                """
                n = 0
                function thread_init() con = sysbench.sql.driver():connect() end
                function event()
                    if io.open("%s") then return end
                    n = n + 1
                    con:query("insert into joined.t values (" .. sysbench.tid .. ", " .. n .. ")")
                end
                """
                        .formatted(sql.mirror.lab().folder().resolve("enough")));
        List<String> writers = SqlMirror.sysbench(script.toString(), "joined", 50, "--rate=500", "--time=120", "run");
        try (HostProcess load = sql.mirror.lab().start("client", "writers.log", writers)) {
            Await.until("50 sessions", SqlMirror.LIMIT, () -> SqlMirror.sessions(sql.online) == 50);
            sql.mirror.startCopier(sql.copierOptions);
            Await.happens(SqlMirror.LIMIT, () -> rowsPerSession(sql.target()).size() == 50);
            assertThat(rowsPerSession(sql.target()))
                    .as("%s%n%s", load.output(), Expect.state(sql.mirror))
                    .hasSize(50);
            Files.createFile(sql.mirror.lab().folder().resolve("enough"));
            Await.happens(SqlMirror.LIMIT, () -> rowsPerSession(sql.target()).equals(rowsPerSession(sql.online)));
            assertThat(rowsPerSession(sql.target()))
                    .as("last row of each; %s", Expect.state(sql.mirror))
                    .isEqualTo(rowsPerSession(sql.online));
        }
        String count = "select count(*) from joined.t";
        String gaps =
                "select count(*) from (select session from joined.t group by session having count(*) <> max(n) - min(n) + 1) g";
        System.out.printf(
                "mysql, 50 sessions joined: %s rows of %s%n", sql.target().query(count), sql.online.query(count));
        assertThat(sql.target().query(gaps)).as("sessions with a gap").isEqualTo("0");
        assertThat(sql.mirror.copier().metric("mysql_own_logins_total")).isEqualTo(50);
        assertThat(sql.mirror.copier().metric("mysql_sessions_skipped_total")).isZero();
    }

    /** The last row of each session that has written. */
    private static List<String> rowsPerSession(Database server) {
        return server.query("select session, max(n) from joined.t group by session order by session")
                .lines()
                .toList();
    }
}
