// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "198.18.0.1:80,          198.18.0.1,   80",
        "198.18.0.1,             198.18.0.1,   36524",
        "rs1.test.example:65535, rs1.test.example, 65535",
        "rs-1,                   rs-1,         36524",
        "1rs,                    1rs,          36524",
        "1.rs.example.,          1.rs.example., 36524",
        "[2001:db8::1]:80,       2001:db8::1,  80",
        "[2001:db8::1],          2001:db8::1,  36524",
    })
    void readsHostAndPort(String text, String host, int port) {
        assertThat(HostPort.parse(text, 36524)).isEqualTo(new HostPort(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "198.18.0.1:",
                "198.18.0.1:0",
                "198.18.0.1:65536",
                "198.18.0.1:-1",
                "198.18.0.1:80 ",
                "198.18.0.300",
                "198.18.0",
                "2001:db8::1",
                "2001:db8::1:80",
                "[2001:db8::1",
                "[198.18.0.1]:80",
                "[]:80",
                "[2001:db8::1]80",
                "[2001:db8::zz]:80",
                "[fe80::1%eth0]:80",
                "a b:80",
                "-s:80",
                "host:999999999999",
                "host:80:80",
                "198.18.1.1sistant",
                "rs_1",
                "rs-",
                "rs..example",
                "rs.1a"
            })
    void refusesWhatIsNeither(String text) {
        assertThatThrownBy(() -> HostPort.parse(text, 36524))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("must ");
    }

    @Test
    void tellsWhatIsWrongWithAName() {
        assertThatThrownBy(() -> HostPort.parse("rs_1:80"))
                .hasMessage(
                        "must have a host name of letters, digits and hyphens, whose last part begins with a letter if there are dots");
    }

    @ParameterizedTest
    @ValueSource(strings = {"198.18.0.1", "[2001:db8::1]"})
    void insistsOnAPortWhereThereIsNoDefault(String text) {
        assertThatThrownBy(() -> HostPort.parse(text)).hasMessage("must be host:port, or [address]:port for IPv6");
    }

    @ParameterizedTest
    @ValueSource(strings = {"198.18.0.1:80", "[2001:db8::1]:80", "rs1:80"})
    void printsTheFormItReads(String text) {
        assertThat(HostPort.parse(text)).hasToString(text);
    }
}
