// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "198.18.0.0/24,   198.18.0.0,           true",
        "198.18.0.0/24,   198.18.0.255,         true",
        "198.18.0.0/24,   198.18.1.0,           false",
        "198.18.0.77/24,  198.18.0.1,           true",
        "198.18.0.1,      198.18.0.1,           true",
        "198.18.0.1,      198.18.0.2,           false",
        "198.18.0.1/31,   198.18.0.0,           true",
        "0.0.0.0/0,       198.18.0.2,           true",
        "0.0.0.0/0,       2001:db8::1,          false",
        "::/0,            2001:db8::1,          true",
        "2001:db8::/32,   2001:db8:ffff::1,     true",
        "2001:db8::/32,   2001:db9::1,          false",
        "2001:db8::/64,   2001:db8::ffff:0:0:1, true",
        "2001:db8::/65,   2001:db8::8000:0:0:1, false",
        "2001:db8::1,     2001:db8::1,          true",
        "2001:db8::1/128, 2001:db8::2,          false",
        "198.18.0.0/24,   2001:db8::1,          false",
    })
    void containsWhatSharesItsPrefix(String cidr, String address, boolean contained) {
        byte[] bytes = IpLiteral.parse(address).getAddress();
        long hi = bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong(0);
        long lo = bytes.length == 4
                ? 0xffff_0000_0000L | ByteBuffer.wrap(bytes).getInt(0) & 0xffff_ffffL
                : ByteBuffer.wrap(bytes).getLong(8);
        assertThat(Cidr.parse(cidr).contains(hi, lo)).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "198.18.0.0/",
                "198.18.0.0/33",
                "198.18.0.0/-1",
                "2001:db8::/129",
                "198.18.0/24",
                "host/24",
                "198.18.0.0/24/1",
                "198.18.0.0/0x1",
                "198.18.0.256"
            })
    void refusesWhatIsNoNetwork(String text) {
        assertThatThrownBy(() -> Cidr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("must ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"198.18.0.0/24", "198.18.0.1", "2001:db8:0:0:0:0:0:0/32", "0.0.0.0/0"})
    void printsTheFormItReads(String text) {
        assertThat(Cidr.parse(text)).hasToString(text);
    }

    @Test
    void equalsBySetNotByNotation() {
        assertThat(Cidr.parse("198.18.0.77/24")).isEqualTo(Cidr.parse("198.18.0.0/24"));
        assertThat(Cidr.parse("198.18.0.0/24")).isNotEqualTo(Cidr.parse("198.18.0.0/25"));
        assertThat(Cidr.parse("198.18.0.9/24").address())
                .extracting(InetAddress::getHostAddress)
                .isEqualTo("198.18.0.9");
    }
}
