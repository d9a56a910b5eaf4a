// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * MySQL 8.0.12 online and on the real server, with other passwords there and accounts of both plugins. Online greets with native
 * passwords, the target with caching_sha2. Runs when it is named.
 */
@Tag("lab")
class MySql8Trial {
    private static final String NATIVE = "mysql_native_password";
    private static final String SHA2 = "caching_sha2_password";
    private static SqlMirror sql;

    @BeforeAll
    static void up() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK, "m8" + ProcessHandle.current().pid(), 1);
        Path program = unpacked();
        Database online = Database.mySql(lab, "online", program, "--default-authentication-plugin=" + NATIVE);
        Database target = Database.mySql(lab, "rs1", program);
        account(online, Database.USER, SHA2, SqlMirror.ONLINE_PASSWORD);
        account(target, Database.USER, SHA2, SqlMirror.TARGET_PASSWORD);
        account(online, "classic", NATIVE, SqlMirror.ONLINE_PASSWORD);
        account(target, "classic", NATIVE, SqlMirror.TARGET_PASSWORD);
        account(online, "forward", NATIVE, SqlMirror.ONLINE_PASSWORD);
        account(target, "forward", SHA2, SqlMirror.TARGET_PASSWORD);
        account(online, "backward", SHA2, SqlMirror.ONLINE_PASSWORD);
        account(target, "backward", NATIVE, SqlMirror.TARGET_PASSWORD);
        sql = new SqlMirror(lab, online, List.of(target), List.of(Database.USER, "classic", "forward", "backward"));
    }

    private static void account(Database server, String user, String plugin, String password) {
        server.query("create user " + user + " identified with " + plugin + " by '" + password + "'");
        server.query("grant all on *.* to " + user);
    }

    private static Path unpacked() throws IOException {
        Path folder = Lab.home().resolve("lab/target/mysql-8.0.12");
        if (!Files.exists(folder)) {
            Path part = Files.createDirectories(folder.resolveSibling("mysql.part"));
            Path archive = part.resolve("archive.tar.gz");
            try (InputStream in = MySql8Trial.class.getResourceAsStream("/mysql-Linux-amd64.tar.gz")) {
                Files.copy(in, archive);
            }
            Shell.run(Duration.ofMinutes(1), "tar", "xzf", archive.toString(), "-C", part.toString());
            Files.move(part, folder);
        }
        return folder;
    }

    @AfterAll
    static void down() {
        sql.close();
    }

    @Test
    void logsInWithEveryPluginWithColdAndWarmCaches() {
        for (String user : List.of(Database.USER, "classic", "forward", "backward")) {
            for (String cache : List.of("cold", "warm")) {
                sql.run(user, "create database " + user + "_" + cache);
                sql.awaitDatabase(user + "_" + cache);
            }
        }
        assertThat(sql.mirror.copier().metric("mysql_sessions_skipped_total")).isZero();
        System.out.println(
                "mysql 8, logins on the target: " + sql.mirror.copier().metric("mysql_logins_total"));
    }

    @Test
    void changesTheSameRowsWithTextAndWithPreparedStatements() {
        sql.run(Database.USER, "create database bench");
        sql.awaitDatabase("bench");
        sql.mark();
        sql.load("bench", 1, "prepare");
        sql.awaitCounts();
        sql.load("bench", 1, "--time=0", "--events=60", "--db-ps-mode=disable", "run");
        sql.awaitCounts();
        sql.load("bench", 1, "--time=0", "--events=60", "run");
        System.out.println("mysql 8, 1 session at a time: " + sql.awaitCounts());
        sql.assertSameRows("bench");
        for (String mode : List.of("disable", "auto")) {
            sql.mark();
            String said =
                    sql.load("bench", 16, "--time=30", "--mysql-ignore-errors=all", "--db-ps-mode=" + mode, "run");
            System.out.println("mysql 8, 16 sessions, 30 s, prepared statements " + mode + ": " + sql.awaitCounts());
            System.out.println(
                    said.lines().filter(line -> line.contains("per sec")).toList());
        }
        assertThat(sql.mirror.copier().metric("mysql_statements_unknown_total")).isZero();
    }

    @Test
    void writesTheSameRowsFromJdbcDrivers() {
        sql.run(Database.USER, "create database jdbc");
        sql.awaitDatabase("jdbc");
        String base = "://" + Lab.ONLINE + "/jdbc?useServerPrepStmts=true&allowPublicKeyRetrieval=true&sslMode=";
        List<String> urls = List.of("jdbc:mysql" + base + "DISABLED", "jdbc:mariadb" + base + "disable");
        for (int i = 0; i < urls.size(); i++) {
            String name = "rows" + i;
            String table = "jdbc." + name;
            List<String> command = JdbcSession.command(urls.get(i), Database.USER, SqlMirror.ONLINE_PASSWORD, table);
            sql.mirror.lab().run("client", command.toArray(String[]::new));
            String rows = "select count(*) from " + table;
            boolean isWhole = Await.happens(
                    SqlMirror.LIMIT,
                    () -> hasTable(name) && sql.target().query(rows).equals("10"));
            assertThat(isWhole)
                    .as("%s; %s", urls.get(i), Expect.state(sql.mirror))
                    .isTrue();
            String checksum = "checksum table " + table;
            assertThat(sql.target().query(checksum)).isEqualTo(sql.online.query(checksum));
        }
        assertThat(sql.mirror.copier().metric("mysql_statements_unknown_total")).isZero();
    }

    private static boolean hasTable(String name) {
        return sql.target().query("show tables from jdbc").lines().anyMatch(name::equals);
    }
}
