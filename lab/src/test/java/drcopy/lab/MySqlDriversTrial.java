// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connector/J and MariaDB's driver, with statements prepared by the server and one that cannot be. Runs when it is named. */
@Tag("lab")
class MySqlDriversTrial {
    private static final String SHA2 = "caching_sha2_password";
    private static final String PREPARED = "?useServerPrepStmts=true&allowPublicKeyRetrieval=true&sslMode=";

    @Test
    void writeTheSameRowsOnMariaDb() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK, "my" + ProcessHandle.current().pid(), 1);
        Database online = Database.mariaDb(lab, "online", SqlMirror.ONLINE_PASSWORD);
        Database target = Database.mariaDb(lab, "rs1", SqlMirror.TARGET_PASSWORD, "--thread-cache-size=0");
        try (SqlMirror sql = new SqlMirror(lab, online, List.of(target), List.of(Database.USER))) {
            write(sql, Database.USER, Database.USER);
        }
    }

    @Test
    void writeTheSameRowsOnMySql8WithColdCachesOnBothSides() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK, "m8" + ProcessHandle.current().pid(), 1);
        Path program = MySqlProgram.folder();
        Database online = Database.mySql(lab, "online", program);
        Database target = Database.mySql(lab, "rs1", program);
        List<String> users = List.of(Database.USER, "first", "second");
        for (String user : users) {
            online.account(user, SHA2, SqlMirror.ONLINE_PASSWORD);
            target.account(user, SHA2, SqlMirror.TARGET_PASSWORD);
        }
        online.warm(Database.USER, SqlMirror.ONLINE_PASSWORD);
        try (SqlMirror sql = new SqlMirror(lab, online, List.of(target), users)) {
            write(sql, "first", "second");
            assertThat(sql.mirror.copier().metric("mysql_full_logins_total")).isEqualTo(users.size());
        }
    }

    private static void write(SqlMirror sql, String first, String second) {
        sql.run(Database.USER, "create database jdbc");
        sql.awaitDatabase("jdbc");
        sql.jdbc("mysql", first, PREPARED + "DISABLED");
        sql.jdbc("mariadb", second, PREPARED + "disable");
        assertThat(sql.mirror.copier().metric("mysql_statements_unknown_total"))
                .as("%s", Expect.state(sql.mirror))
                .isZero();
    }
}
