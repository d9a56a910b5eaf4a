// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import static drcopy.copier.mysql.Dialogue.command;
import static drcopy.copier.mysql.Dialogue.error;
import static drcopy.copier.mysql.Dialogue.greeting;
import static drcopy.copier.mysql.Dialogue.join;
import static drcopy.copier.mysql.Dialogue.login;
import static drcopy.copier.mysql.Dialogue.ok;
import static drcopy.copier.mysql.Dialogue.prepare;
import static drcopy.copier.mysql.Dialogue.prepared;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Statements of {@link MySqlAdapter}: online's IDs become the target's. */
class StatementIdsTest {
    private final Dialogue session = new Dialogue("app@target-pw");

    private Dialogue loggedIn() {
        session.target(greeting("mysql_native_password")).client(login("app")).target(ok(2));
        session.sent();
        return session;
    }

    @Test
    void statementsGetTheTargetsIds() {
        loggedIn().client(prepare("select ?"));
        session.online(prepared(1), session.end());
        session.client(command(0x17, "01000000 00 01000000"));
        assertThat(session.sent()).as("until the target has prepared it").isEqualTo(prepare("select ?"));

        session.target(prepared(9));
        assertThat(session.sent()).isEqualTo(command(0x17, "09000000 00 01000000"));
        session.client(command(0x18, "01000000 0000 61")).client(command(0x19, "01000000"));
        assertThat(session.sent()).isEqualTo(join(command(0x18, "09000000 0000 61"), command(0x19, "09000000")));
    }

    @Test
    void failedPrepareInBetweenShiftsNothing() {
        loggedIn().client(prepare("select 1"));
        session.online(prepared(1), session.end()).target(prepared(5));
        session.client(prepare("nonsense")).target(error(1, 1064));
        session.client(prepare("select 2"));
        session.online(prepared(3), session.end()).target(prepared(6));
        session.sent();
        session.client(command(0x17, "03000000 00 01000000"));

        assertThat(session.sent()).isEqualTo(command(0x17, "06000000 00 01000000"));
    }

    @Test
    void executeWaitsForOnlinesAnswerThatWasCapturedLate() {
        loggedIn().client(prepare("select 1"));
        int first = session.end();
        session.target(prepared(5)).client(prepare("select 2"));
        int second = session.end();
        session.target(prepared(6)).sent();
        session.client(command(0x17, "02000000 00 01000000"));
        assertThat(session.sent()).isEmpty();

        session.online(prepared(1), first).online(prepared(2), second);
        assertThat(session.sent()).isEqualTo(command(0x17, "06000000 00 01000000"));
    }

    @Test
    void executeSentAlongWithItsPrepareNamesTheStatementAllTheSame() {
        byte[] last = command(0x17, "ffffffff 00 01000000");
        loggedIn().client(join(prepare("select 1"), last));
        session.online(prepared(1), session.end()).target(prepared(5));
        session.client(join(prepare("nonsense"), last)).target(error(1, 1064));
        session.client(join(prepare("select 2"), last));
        session.online(prepared(3), session.end()).target(prepared(6)).sent();
        session.client(command(0x17, "01000000 00 01000000")).client(command(0x17, "03000000 00 01000000"));

        assertThat(session.sent())
                .isEqualTo(join(command(0x17, "05000000 00 01000000"), command(0x17, "06000000 00 01000000")));
    }

    @Test
    void executeOfTheLastPrepareGivesTheStatementNoId() {
        byte[] last = command(0x17, "ffffffff 00 01000000");
        loggedIn().client(prepare("select 1")).client(last);
        session.online(prepared(1), session.end())
                .target(prepared(5))
                .target(ok(1))
                .sent();
        session.client(command(0x17, "01000000 00 01000000"));

        assertThat(session.sent()).isEqualTo(command(0x17, "05000000 00 01000000"));
    }

    @Test
    void closeOfNoStatementGoesAsItIs() {
        loggedIn().client(command(0x19, "00000000"));

        assertThat(session.sent()).isEqualTo(command(0x19, "00000000"));
        assertThat(session.counts.value(MySqlEvent.STATEMENTS_UNKNOWN)).isZero();
    }

    @Test
    void statementThatOnlyOnlinePreparedIsNotTakenForAnother() {
        byte[] last = command(0x17, "ffffffff 00 01000000");
        loggedIn().client(join(prepare("select 1"), last));
        session.online(prepared(1), session.end()).target(prepared(5));
        session.client(prepare("select 2"));
        int second = session.end();
        session.target(error(1, 1146)).online(prepared(2), second).sent();
        session.client(command(0x17, "02000000 00 01000000"));

        assertThat(session.sent()).isEqualTo(command(0x0e, ""));
    }

    @Test
    void answerThatOnlineSendsAgainNamesNoOtherStatement() {
        loggedIn().client(prepare("select 1"));
        session.online(prepared(1), session.end()).target(prepared(5));
        int second = session.end() + prepare("select 2").length;
        session.online(prepared(1), second).online(prepared(2), second);
        session.client(prepare("select 2")).target(prepared(6)).sent();
        session.client(command(0x17, "01000000 00 01000000")).client(command(0x17, "02000000 00 01000000"));

        assertThat(session.sent())
                .isEqualTo(join(command(0x17, "05000000 00 01000000"), command(0x17, "06000000 00 01000000")));
    }

    @Test
    void executeOfWhatTheTargetDoesNotHaveIsAPing() {
        loggedIn().client(command(0x17, "07000000 00 01000000 0102030405"));
        session.client(command(0x19, "07000000"));

        assertThat(session.sent()).isEqualTo(command(0x0e, ""));
        assertThat(session.counts.value(MySqlEvent.STATEMENTS_UNKNOWN)).isEqualTo(2);
    }
}
