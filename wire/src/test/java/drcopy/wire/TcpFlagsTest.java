// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpFlagsTest {
    @ParameterizedTest
    @CsvSource({
        "0x00, -",
        "0x02, S",
        "0x12, S.",
        "0x18, P.",
        "0x11, F.",
        "0x04, R",
        "0xc2, SEW",
        "0x52, S.E",
        "0xff, FSRP.UEW"
    })
    void textIsInTheOrderOfTcpdump(String flags, String text) {
        assertThat(TcpFlags.text(Integer.decode(flags))).isEqualTo(text);
    }

    @Test
    void tellsAllFromAny() {
        int synAck = TcpFlags.SYN | TcpFlags.ACK;

        assertThat(TcpFlags.all(synAck, TcpFlags.SYN | TcpFlags.ACK)).isTrue();
        assertThat(TcpFlags.all(TcpFlags.SYN, synAck)).isFalse();
        assertThat(TcpFlags.any(TcpFlags.SYN, synAck)).isTrue();
        assertThat(TcpFlags.any(TcpFlags.FIN, synAck)).isFalse();
    }
}
