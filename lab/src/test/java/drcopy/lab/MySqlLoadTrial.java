// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Minutes of load on MariaDB, mirrored to three of them behind the LVS director. Runs when it is named. */
@Tag("lab")
class MySqlLoadTrial {
    private static SqlMirror sql;

    @BeforeAll
    static void up() throws IOException {
        Lab lab = Lab.up(Lab.Director.LVS, "my" + ProcessHandle.current().pid(), 3);
        Database online = Database.mariaDb(lab, "online", SqlMirror.ONLINE_PASSWORD);
        List<Database> targets = new ArrayList<>();
        for (String host : lab.realServers()) {
            targets.add(Database.mariaDb(lab, host, SqlMirror.TARGET_PASSWORD));
        }
        sql = new SqlMirror(lab, online, targets, List.of(Database.USER));
    }

    @AfterAll
    static void down() {
        sql.close();
    }

    @Test
    void runsEveryCommandOfAMinutesLoad() {
        // The director gives each connection to one of three: all of them have the tables from the start.
        sql.online.prepareTables("bench");
        sql.targets.forEach(target -> target.prepareTables("bench"));
        for (String mode : List.of("disable", "auto")) {
            sql.mark();
            String said =
                    sql.load("bench", 16, "--time=60", "--mysql-ignore-errors=all", "--db-ps-mode=" + mode, "run");
            System.out.println("mysql, 16 sessions, 60 s, prepared statements " + mode + ": " + sql.awaitCounts());
            System.out.println(
                    said.lines().filter(line -> line.contains("per sec")).toList());
        }
        assertThat(sql.mirror.copier().metric("mysql_statements_unknown_total")).isZero();
        assertThat(sql.mirror.leaks()).isZero();
    }
}
