// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A minute of load by 16 sessions, in text and prepared, then as long as the targets need for the rest. Runs when it is named; system
 * property {@code drcopy.lab.sql} has more options for sysbench, parted by blanks.
 */
@Tag("lab")
class MySqlLoadTrial {
    @Test
    void runsEveryCommandOnMariaDb() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK, "my" + ProcessHandle.current().pid(), 1);
        Database online = Database.mariaDb(lab, "online", SqlMirror.ONLINE_PASSWORD);
        load(lab, online, List.of(Database.mariaDb(lab, "rs1", SqlMirror.TARGET_PASSWORD)));
    }

    /** At a rate that the director keeps up with: it is a machine emulated by a process. */
    @Test
    void runsEveryCommandOnThreeMariaDbsBehindTheDirector() throws IOException {
        Lab lab = Lab.up(Lab.Director.LVS, "my" + ProcessHandle.current().pid(), 3);
        Database online = Database.mariaDb(lab, "online", SqlMirror.ONLINE_PASSWORD);
        List<Database> targets = new ArrayList<>();
        for (String host : lab.realServers()) {
            targets.add(Database.mariaDb(lab, host, SqlMirror.TARGET_PASSWORD));
        }
        load(lab, online, targets, "--rate=50");
    }

    @Test
    void runsEveryCommandOnMySql8() throws IOException {
        Lab lab = Lab.up(Lab.Director.HMARK, "m8" + ProcessHandle.current().pid(), 1);
        Path program = MySqlProgram.folder();
        Database online = Database.mySql(lab, "online", program);
        online.account(Database.USER, "caching_sha2_password", SqlMirror.ONLINE_PASSWORD);
        online.warm(Database.USER, SqlMirror.ONLINE_PASSWORD);
        Database target = Database.mySql(lab, "rs1", program);
        target.account(Database.USER, "caching_sha2_password", SqlMirror.TARGET_PASSWORD);
        load(lab, online, List.of(target));
    }

    /** The director gives each connection to one of the targets: all of them have the tables from the start. */
    private static void load(Lab lab, Database online, List<Database> targets, String... more) throws IOException {
        try (SqlMirror sql = new SqlMirror(lab, online, targets, List.of(Database.USER))) {
            online.prepareTables("bench");
            targets.forEach(target -> target.prepareTables("bench"));
            for (String mode : List.of("disable", "auto")) {
                sql.mark();
                List<String> options =
                        new ArrayList<>(List.of("--time=60", "--mysql-ignore-errors=all", "--db-ps-mode=" + mode));
                options.addAll(List.of(more));
                Stream.of(System.getProperty("drcopy.lab.sql", "").split(" "))
                        .filter(word -> !word.isEmpty())
                        .forEach(options::add);
                options.add("run");
                String said = sql.load("bench", 16, options.toArray(String[]::new));
                said.lines().filter(line -> line.contains("per sec")).forEach(System.out::println);
                Map<String, Long> atEnd = sql.targetCounts();
                Duration drained = sql.drain();
                System.out.printf(
                        "16 sessions, prepared statements %s: %d questions at the end, after %d s more %s%n%s%n",
                        mode, atEnd.get("Questions"), drained.toSeconds(), sql.equalCounts(), Expect.state(sql.mirror));
            }
            assertThat(sql.mirror.copier().metric("mysql_statements_unknown_total"))
                    .isZero();
            assertThat(sql.mirror.copier().metric("mysql_sessions_skipped_total"))
                    .isZero();
            assertThat(sql.mirror.leaks()).isZero();
        }
    }
}
