// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * MySQL 8 online and on the real server, with other passwords there and accounts of both plugins. Online greets with native
 * passwords, the target with caching_sha2.
 */
@Tag("lab")
class MySql8Test {
    private static final String NATIVE = "mysql_native_password";
    private static final String SHA2 = "caching_sha2_password";
    private static SqlMirror sql;

    @BeforeAll
    static void up() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK, "m8" + ProcessHandle.current().pid(), 1);
        Path program = MySqlProgram.folder();
        Database online = Database.mySql(lab, "online", program, "--default-authentication-plugin=" + NATIVE);
        Database target = Database.mySql(lab, "rs1", program);
        Map<String, List<String>> plugins = Map.of(
                Database.USER,
                List.of(SHA2, SHA2),
                "classic",
                List.of(NATIVE, NATIVE),
                "forward",
                List.of(NATIVE, SHA2),
                "backward",
                List.of(SHA2, NATIVE),
                "mysql",
                List.of(SHA2, SHA2),
                "mariadb",
                List.of(SHA2, SHA2));
        plugins.forEach((user, both) -> {
            online.account(user, both.get(0), SqlMirror.ONLINE_PASSWORD);
            target.account(user, both.get(1), SqlMirror.TARGET_PASSWORD);
        });
        // Debian's client fails at a cold cache.
        List.of(Database.USER, "backward").forEach(user -> online.warm(user, SqlMirror.ONLINE_PASSWORD));
        sql = new SqlMirror(lab, online, List.of(target), List.copyOf(plugins.keySet()));
    }

    @AfterAll
    static void down() {
        sql.close();
    }

    @Test
    void logsInWithEveryPluginWithColdAndWarmCaches() throws IOException {
        long fullBefore = sql.mirror.copier().metric("mysql_full_logins_total");
        for (String user : List.of(Database.USER, "classic", "forward", "backward")) {
            for (String cache : List.of("cold", "warm")) {
                String database = user + "_" + cache;
                Shell.Outcome outcome = sql.command(MySqlProgram.client(), user, "-e", "create database " + database);
                assertThat(outcome.status()).as(outcome.output()).isZero();
                sql.awaitDatabase(database);
            }
        }
        assertThat(sql.mirror.copier().metric("mysql_sessions_skipped_total")).isZero();
        // The target's cache was cold for one login of each of the two with caching_sha2 there.
        assertThat(sql.mirror.copier().metric("mysql_full_logins_total")).isEqualTo(fullBefore + 2);
    }

    @Test
    void changesTheSameRowsWithTextAndWithPreparedStatements() {
        sql.run("classic", "create database bench");
        sql.awaitDatabase("bench");
        sql.sameRowsAfterWriting("bench");
        assertThat(sql.mirror.leaks()).isZero();
    }
}
