// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import static drcopy.copier.mysql.Dialogue.command;
import static drcopy.copier.mysql.Dialogue.error;
import static drcopy.copier.mysql.Dialogue.greeting;
import static drcopy.copier.mysql.Dialogue.hex;
import static drcopy.copier.mysql.Dialogue.join;
import static drcopy.copier.mysql.Dialogue.login;
import static drcopy.copier.mysql.Dialogue.ok;
import static drcopy.copier.mysql.Dialogue.packet;
import static drcopy.copier.mysql.Dialogue.prepare;
import static drcopy.copier.mysql.Dialogue.prepared;
import static drcopy.copier.mysql.Dialogue.query;
import static drcopy.copier.mysql.Dialogue.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MySqlAdapterTest {
    private static final String NATIVE = "mysql_native_password";
    private static final String SHA2 = "caching_sha2_password";
    private static final byte[] NATIVE_TOKEN =
            Secret.ofPassword("target-pw").token(AuthPlugin.NATIVE, Dialogue.SCRAMBLE);
    private static final byte[] SHA2_TOKEN =
            Secret.ofPassword("target-pw").token(AuthPlugin.CACHING_SHA2, Dialogue.SCRAMBLE);

    private final Dialogue session = new Dialogue("app@target-pw", "empty@");

    private Dialogue loggedIn() {
        session.target(greeting(NATIVE)).client(login("app")).target(ok(2));
        session.sent();
        return session;
    }

    private void assertSkipped(SkipReason reason) {
        assertThat(session.isSkipped()).isTrue();
        assertThat(session.counts.value(reason)).isEqualTo(1);
    }

    @Test
    void holdsTheLoginUntilTheTargetsGreeting() {
        session.client(login("app"));

        assertThat(session.sent()).isEmpty();
        assertThat(session.keepsOrder()).isTrue();
    }

    @Test
    void logsInWithTheTargetsPasswordAndScramble() {
        session.client(login("app")).target(greeting(NATIVE));

        byte[] expected = join(
                hex("09820800 00000001 2d"),
                new byte[23],
                text("app\0"),
                new byte[] {20},
                NATIVE_TOKEN,
                text("shop\0"),
                text(NATIVE + "\0"));
        assertThat(session.sent()).isEqualTo(packet(1, expected));
    }

    @Test
    void usesTheTargetsDefaultPlugin() {
        session.client(login("app")).target(greeting(SHA2));

        assertThat(session.sent()).containsSequence(join(new byte[] {32}, SHA2_TOKEN));
    }

    @Test
    void answersTheTargetsSwitchOfPlugin() {
        byte[] other = Arrays.copyOf(text("another scramble...."), 20);
        session.client(login("app")).target(greeting(SHA2)).sent();
        session.target(packet(2, join(new byte[] {(byte) 0xfe}, text(NATIVE + "\0"), other, new byte[1])));

        byte[] token = Secret.ofPassword("target-pw").token(AuthPlugin.NATIVE, other);
        assertThat(session.sent()).isEqualTo(packet(3, token));
        session.client(query("select 1")).target(ok(4));
        assertThat(session.sent()).isEqualTo(query("select 1"));
    }

    @Test
    void swallowsTheClientsAnswerToOnlinesSwitch() {
        session.client(login("app")).target(greeting(NATIVE)).sent();
        session.client(packet(3, new byte[20])).target(ok(2)).client(query("select 1"));

        assertThat(session.sent()).isEqualTo(query("select 1"));
    }

    @Test
    void swallowsTheClientsFullAuthenticationAfterTheTargetsFastOne() {
        session.client(login("app")).target(greeting(SHA2)).sent();
        session.target(packet(2, hex("0103"))).target(ok(3));
        session.client(packet(3, hex("02"))).client(packet(5, new byte[256])).client(query("select 1"));

        assertThat(session.sent()).isEqualTo(query("select 1"));
    }

    @Test
    void asksForTheKeyWhenTheTargetsCacheIsCold() {
        session.client(login("app")).target(greeting(SHA2)).sent();
        session.target(packet(2, hex("0104")));

        assertThat(session.sent()).isEqualTo(packet(3, hex("02")));
        assertThat(session.counts.value(MySqlEvent.FULL_LOGINS)).isEqualTo(1);
        session.target(packet(4, text("\001no key")));
        assertSkipped(SkipReason.MALFORMED);
    }

    @Test
    void hashAloneDoesNotServeAColdCache() {
        Dialogue hashed = new Dialogue("app sha256=" + "00".repeat(32));
        hashed.client(login("app")).target(greeting(SHA2)).target(packet(2, hex("0104")));

        assertThat(hashed.counts.value(SkipReason.NO_PASSWORD)).isEqualTo(1);
    }

    @Test
    void emptyPasswordHasNoToken() {
        session.client(login("empty")).target(greeting(NATIVE));

        assertThat(session.sent()).containsSequence(join(text("empty\0"), new byte[1], text("shop\0")));
    }

    @Test
    void unknownUserIsSkipped() {
        session.client(login("stranger")).target(greeting(NATIVE));

        assertSkipped(SkipReason.UNKNOWN_USER);
    }

    @Test
    void tlsIsSkipped() {
        session.target(greeting(NATIVE)).client(packet(1, join(hex("098a0800 00000001 2d"), new byte[23])));

        assertSkipped(SkipReason.TLS);
    }

    @Test
    void compressionIsSkipped() {
        session.target(greeting(NATIVE)).client(login("app", "29820800"));

        assertSkipped(SkipReason.COMPRESSION);
    }

    @Test
    void deniedLoginIsSkippedAndItsCodeCounted() {
        session.target(greeting(NATIVE)).client(login("app")).target(error(2, 1045));

        assertSkipped(SkipReason.LOGIN_DENIED);
        assertThat(session.counts.errorsByName()).containsEntry("1045", 1L);
    }

    @Test
    void unknownPluginIsSkipped() {
        session.target(greeting(NATIVE)).client(login("app"));
        session.target(packet(2, join(new byte[] {(byte) 0xfe}, text("client_ed25519\0"), new byte[32])));

        assertSkipped(SkipReason.UNKNOWN_PLUGIN);
    }

    @Test
    void greetingThatIsNotShownWholeIsSkipped() {
        session.target(greeting(NATIVE), 40);

        assertSkipped(SkipReason.PAYLOAD_MISSING);
    }

    @Test
    void silentTargetIsGivenUp() {
        session.client(login("app")).late();

        assertSkipped(SkipReason.TARGET_SILENT);
    }

    @Test
    void commandsGoAsTheyAre() {
        byte[] commands = join(query("insert into t values (1)"), command(0x0e, ""), command(0x01, ""));
        loggedIn().client(commands);

        assertThat(session.sent()).isEqualTo(commands);
        assertThat(session.counts.value(Command.QUERY)).isEqualTo(1);
        assertThat(session.keepsOrder()).isFalse();
    }

    @Test
    void commandWaitsForTheLoginsEnd() {
        session.target(greeting(NATIVE)).client(login("app")).sent();
        session.client(query("select 1"));
        assertThat(session.sent()).isEmpty();

        session.target(ok(2));
        assertThat(session.sent()).isEqualTo(query("select 1"));
    }

    @Test
    void killIsAPing() {
        loggedIn().client(join(query(" /* x */ KILL 5"), command(0x0c, "05000000"), query("killer")));

        assertThat(session.sent()).isEqualTo(join(command(0x0e, ""), command(0x0e, ""), query("killer")));
        assertThat(session.counts.value(MySqlEvent.KILLS_REPLACED)).isEqualTo(2);
    }

    @Test
    void changeOfUserIsALoginOfItsOwn() {
        byte[] change =
                join(text("app\0"), new byte[] {20}, new byte[20], text("bank\0"), hex("2d00"), text(NATIVE + "\0"));
        loggedIn().client(packet(0, join(new byte[] {0x11}, change)));

        byte[] expected = join(
                new byte[] {0x11},
                text("app\0"),
                new byte[] {20},
                NATIVE_TOKEN,
                text("bank\0"),
                hex("2d00"),
                text(NATIVE + "\0"));
        assertThat(session.sent()).isEqualTo(packet(0, expected));
        session.target(packet(1, join(new byte[] {(byte) 0xfe}, text(NATIVE + "\0"), Dialogue.SCRAMBLE, new byte[1])));
        assertThat(session.sent()).isEqualTo(packet(2, NATIVE_TOKEN));
        session.client(packet(2, new byte[20])).client(query("select 1")).target(ok(3));
        assertThat(session.sent()).isEqualTo(query("select 1"));
    }

    @Test
    void nextConnectionLogsInOnItsOwnAndPreparesAgain() {
        loggedIn().client(query("use `other`")).client(prepare("select ?"));
        session.online(prepared(1), session.end()).target(prepared(4)).sent();
        session.reconnect().target(greeting(NATIVE)).client(command(0x17, "01000000 00 01000000"));
        assertThat(session.sent()).containsSequence(text("other\0"));

        session.target(ok(2));
        assertThat(session.sent()).isEqualTo(prepare("select ?"));
        session.target(prepared(1));
        assertThat(session.sent()).isEqualTo(command(0x17, "01000000 00 01000000"));
        assertThat(session.counts.value(MySqlEvent.OWN_LOGINS)).isEqualTo(1);
    }

    @Test
    void sessionJoinedInMidStreamLogsInAsTheFirstUser() {
        session.client(query("select 1")).target(greeting(NATIVE));

        assertThat(session.sent()).containsSequence(join(text("app\0"), new byte[] {20}, NATIVE_TOKEN));
        session.target(ok(2));
        assertThat(session.sent()).isEqualTo(query("select 1"));
    }

    @Test
    void uploadOfAFileIsSkipped() {
        loggedIn().client(query("load data local infile 'x' into table t")).target(packet(1, hex("fb78")));
        session.client(packet(2, text("content")));

        assertSkipped(SkipReason.LOCAL_INFILE);
    }

    @Test
    void replicationIsSkipped() {
        loggedIn().client(command(0x12, "04000000 0000 01000000"));

        assertSkipped(SkipReason.REPLICATION);
    }

    @Test
    void piecesOfAnySizeGiveTheSameStream() {
        byte[] stream = join(
                query("select 1"),
                query("kill 7"),
                command(0x0e, ""),
                command(0x17, "07000000 00 01000000 0102030405"),
                query("use shop"),
                packet(0, join(new byte[] {3}, text("insert " + "x".repeat(500)))));
        loggedIn().client(stream);
        byte[] whole = session.sent();

        for (int size = 1; size < 20; size++) {
            Dialogue other = new Dialogue("app@target-pw");
            other.target(greeting(NATIVE))
                    .client(login("app"), size)
                    .target(ok(2))
                    .sent();
            other.client(stream, size);
            assertThat(other.sent()).as("in pieces of %d", size).isEqualTo(whole);
        }
    }

    @Test
    void packetOf16MibGoesOnInTheNext() {
        byte[] first = new byte[4 + 0xffffff];
        Arrays.fill(first, 0, 3, (byte) 0xff);
        first[4] = 3;
        Arrays.fill(first, 5, first.length, (byte) 'x');
        byte[] rest = packet(1, text("kill 7"));
        loggedIn().client(join(first, rest, query("kill 7")), 60_000);

        byte[] sent = session.sent();
        assertThat(sent).hasSize(first.length + rest.length + 5);
        assertThat(Arrays.copyOfRange(sent, sent.length - 5, sent.length)).isEqualTo(command(0x0e, ""));
    }
}
