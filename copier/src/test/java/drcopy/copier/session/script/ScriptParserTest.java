// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.script.Step.Captured;
import drcopy.copier.session.script.Step.Check;
import drcopy.copier.session.script.Step.Condition;
import drcopy.copier.session.script.Step.Control;
import drcopy.copier.session.script.Step.Expected;
import drcopy.copier.session.script.Step.Response;
import drcopy.copier.session.script.Step.RouteExpected;
import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptParserTest {
    private static Step step(String line) {
        return ScriptParser.parse("x.pkt", line).steps().get(0);
    }

    private static Segment captured(String segment) {
        return ((Captured) step("+0 c< " + segment).action()).segment();
    }

    @Test
    void readsEveryFieldOfASegment() {
        Segment s = captured(
                "PU. 1:11(10) ack 301 win 502 urg 5 <nop,nop,TS val 1 ecr 2> tos 0x10 ttl 60 id 7 nodf label 9");

        assertThat(s.flags()).isEqualTo(TcpFlags.PSH | TcpFlags.URG | TcpFlags.ACK);
        assertThat(s.start()).isEqualTo(1);
        assertThat(s.length()).isEqualTo(10);
        assertThat(s.ack()).isEqualTo(301);
        assertThat(s.window()).isEqualTo(502);
        assertThat(s.urgent()).isEqualTo(5);
        assertThat(s.options()).isEqualTo("nop,nop,TS val 1 ecr 2");
        assertThat(s.ip()).isEqualTo(new Segment.IpFields(16, 60, 7, false, 9));
    }

    @Test
    void leavesUnwrittenFieldsOpen() {
        Segment s = captured("S 0:0(0) <...>");

        assertThat(s.ack()).isNull();
        assertThat(s.window()).isNull();
        assertThat(s.options()).isNull();
        assertThat(s.ip()).isEqualTo(Segment.IpFields.NONE);
    }

    @Test
    void segmentReadsAsItWasWritten() {
        String text = "P. 1:11(10) ack 301 win 502 <mss 1400> tos 16 ttl 60";

        assertThat(captured(text).text()).isEqualTo(text);
    }

    @Test
    void knowsEveryActor() {
        assertThat(step("+0 t< . 1:1(0)").action()).isInstanceOf(Response.class);
        assertThat(step("+0 > . 1:1(0)").action()).isInstanceOf(Expected.class);
        assertThat(step("+0 route added").action()).isEqualTo(new RouteExpected(true));
        assertThat(step("+0 route removed").action()).isEqualTo(new RouteExpected(false));
        assertThat(step("+0 route conflict").action()).isEqualTo(Control.CONFLICT);
        assertThat(step("+0 interceptor returned").action()).isEqualTo(Control.RETURNED);
        assertThat(step("+0 copier stops").action()).isEqualTo(Control.STOPPED);
        assertThat(step("+0 % held == 0, dropped.PURE_ACK >= 2").action())
                .isEqualTo(new Check(
                        List.of(new Condition("held", "==", "0"), new Condition("dropped.PURE_ACK", ">=", "2"))));
    }

    @ParameterizedTest
    @CsvSource({"+0,0,0", "+.010,10000000,10000000", "+1.5,1500000000,1500000000", "+.2~+.21,200000000,210000000"})
    void readsTimesInSeconds(String time, long fromNs, long toNs) {
        Step s = step(time + " > . 1:1(0)");

        assertThat(s.time().fromNs()).isEqualTo(fromNs);
        assertThat(s.time().toNs()).isEqualTo(toNs);
    }

    @Test
    void starJoinsTheBatchOfTheLineBefore() {
        assertThat(step("* t< . 1:1(0)").time().sameBatch()).isTrue();
        assertThat(step("+0 t< . 1:1(0)").time().sameBatch()).isFalse();
    }

    @Test
    void readsFlowsAndOptions() {
        Script script = ScriptParser.parse(
                "x.pkt", "option holdNs=2s\noption lax\nflow A port=41000 rport=41001 iss=7\n+0 A c< S 0:0(0)");

        assertThat(script.options()).containsExactlyInAnyOrderEntriesOf(Map.of("holdNs", "2s", "lax", "true"));
        assertThat(script.flows().get("A").clientPort()).isEqualTo(41_000);
        assertThat(script.flows().get("A").replicaPort()).isEqualTo(41_001);
        assertThat(script.flows().get("A").iss()).isEqualTo(7);
        assertThat(script.steps().get(0).flow()).isEqualTo("A");
    }

    @Test
    void readsTheFailureAScriptMustMeet() {
        assertThat(ScriptParser.parse("x.pkt", "// Failure: other .*flags\n").failure())
                .isEqualTo("other .*flags");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 c< S 0:0(0)",
                "+0 x< S 0:0(0)",
                "+0 c< Q 0:0(0)",
                "+0 c< S 0:1(0)",
                "+0 c< S 0",
                "+0 c< S 0:0(0) <mss",
                "+0 c< S 0:0(0) <mms 1400>",
                "+0 c< S 0:0(0) windy 7",
                "+0 c< S 0:0(0) win x",
                "+0 c< S 0:0(0) win",
                "+0 B c< S 0:0(0)",
                "+0 % held",
                "+1.2.3 c< S 0:0(0)",
                "+2~+1 > S 0:0(0)",
                "flow A port",
                "flow A prot=7",
                "flow A\nflow A",
                "+0 route"
            })
    void refusesWhatItCannotReadWithFileAndLine(String text) {
        int line = text.split("\n", -1).length;

        assertThatThrownBy(() -> ScriptParser.parse("x.pkt", text))
                .isInstanceOf(ScriptException.class)
                .hasMessageMatching("x\\.pkt:" + line + ": .+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mss 1400,sackOK,TS val 4294967295 ecr 0,nop,wscale 7",
                "nop,nop,TS val 1 ecr 2",
                "opt 34 0102030405060708,nop,nop",
                "opt 253,nop,nop"
            })
    void optionsReadAsTheyWereWritten(String text) {
        byte[] bytes = OptionText.encode(text);
        ByteBuffer header = ByteBuffer.allocate(60);
        header.put(12, (byte) ((20 + bytes.length) / 4 << 4)).put(20, bytes);

        assertThat(OptionText.decode(header, 0)).isEqualTo(text);
    }

    @Test
    void noOperationsCountOnlyWhereTheScriptWritesOne() {
        assertThat(OptionText.matches("mss 1400,sackOK", "mss 1400,nop,nop,sackOK"))
                .isTrue();
        assertThat(OptionText.matches("mss 1400,nop,sackOK", "mss 1400,nop,nop,sackOK"))
                .isFalse();
        assertThat(OptionText.matches("mss 1400", "mss 1401")).isFalse();
    }

    @Test
    void setsTheEnginesOptionsByName() {
        EngineConfig config = ConfigOptions.config(
                Map.of("holdNs", "2s", "gapNs", "300ms", "mtu", "1040", "instanceIds", "3,4", "onlySyn", "true"));

        assertThat(config.holdNs()).isEqualTo(2_000_000_000L);
        assertThat(config.gapNs()).isEqualTo(300_000_000L);
        assertThat(config.mtu()).isEqualTo(1040);
        assertThat(config.instanceIds()).containsExactly(3, 4);
        assertThat(config.onlySyn()).isTrue();
        assertThat(config.mss()).isEqualTo(EngineConfig.defaults().mss());
    }

    @Test
    void refusesAnUnknownOption() {
        assertThatThrownBy(() -> ConfigOptions.config(Map.of("holdMs", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holdMs");
    }
}
