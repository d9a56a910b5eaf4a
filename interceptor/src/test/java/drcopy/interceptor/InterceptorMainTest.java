// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.Cli;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterceptorMainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Cli.run(new InterceptorMain(), new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port 36524 | --divert: must be given",
                "--divert | --divert: must be followed by a value",
                "--divert 198.18.1.200 | --divert 198.18.1.200: must be VIP:port",
                "--divert 198.18.1.200: | --divert 198.18.1.200:: must be",
                "--divert 198.18.1.200:0 | --divert 198.18.1.200:0: must",
                "--divert 198.18.1.200:65536 | --divert 198.18.1.200:65536: must",
                "--divert 198.18.1.200:http | --divert 198.18.1.200:http: must",
                "--divert 198.18.1.300:80 | --divert 198.18.1.300:80: must be VIP:port",
                "--divert www:80 | --divert www:80: must be VIP:port",
                "--divert 2001:db8::1:80 | --divert 2001:db8::1:80: must be VIP:port",
                "--divert [198.18.1.200]:80 | --divert [198.18.1.200]:80: must be VIP:port",
                "--divert 0.0.0.0:80 | --divert 0.0.0.0:80: must be an address that a service answers from",
                "--divert 224.0.0.1:80 | --divert 224.0.0.1:80: must be an address that a service answers from",
                "--divert 198.18.1.200:80, | --divert : must be VIP:port",
                "--divert *:80 --mode nflog | --mode nflog: must be route or nfqueue",
                "--divert *:80 -x 198.18.0.0/33 | --pass 198.18.0.0/33: must",
                "--divert *:80 -x nobody | --pass nobody: must be an address",
                "--divert *:80 -x 0.0.0.0/0 | --pass 0.0.0.0/0: must not be every address",
                "--divert *:80 -x ::/0 | --pass ::/0: must not be every address",
                "--divert *:80 -b localhost | --bind localhost: must be an IPv4 or IPv6 address",
                "--divert *:80 --tls-key k | --tls-key k: must be given together with --tls-cert",
                "--divert *:80 --tls-ca a | --tls-ca a: must be given together with --tls-cert",
                "--divert *:80 --tls-cert c | --tls-cert c: must be given together with --tls-key",
                "--divert *:80 --tls-cert c --tls-key k | --tls-cert c: must be given together with --tls-ca",
                "--divert *:80 --tls-cert c --tls-key k --tls-ca a | --tls-cert c: must be given files that can be read, and c is not there",
                "--divert *:80 -p 0 | --port 0: must be 1..65535",
                "--divert *:80 -p x | --port x: must be a whole number",
                "--divert *:80 -p 70000 | --port 70000: must be 1..65535",
                "--divert *:80 --capture lo -F tcp | --capture lo: must not be given together with --divert",
                "--divert *:80 -F tcp | --filter tcp: must be given together with --capture",
                "--capture lo | --capture lo: must be given together with --filter",
                "--capture lo -F tcp -x 198.18.0.1 | --pass 198.18.0.1: must be given together with --divert",
                "--capture lo -F tcp --mode route | --mode ROUTE: must be given together with --divert",
                "--capture nosuch0 -F tcp | --capture nosuch0: must be a network device of this host",
                "--capture lo -F bogus | --filter bogus: must compile",
                "--divert *:80 --nat 198.18.1.11:80 | --nat 198.18.1.11:80: must be FROM:port=TARGET:port",
                "--divert *:80 --nat *:80=198.18.1.200:80 | --nat *:80=198.18.1.200:80: must name an address on both sides",
                "--divert *:80 --nat a:80=198.18.1.200:80 | --nat a:80=198.18.1.200:80: must be VIP:port",
                "--divert *:80 -i eth0 | -i eth0: must be --capture here",
                "--divert *:80 -D 198.18.1.11:80-198.18.1.200:80 | -D 198.18.1.11:80-198.18.1.200:80: must be --nat",
                "--divert *:80 -c | -c: must be left out",
                "--divert *:80 -s 65536 | -s 65536: must be left out",
                "--divert *:80 -n 16 | -n 16: must be left out",
                "--divert *:80 -q 1024 | -q 1024: must be left out",
                "--divert *:80 -o 198.18.1.1:80 | -o 198.18.1.1:80: must be --capture and --filter here",
                "--divert *:80 -t 5 | -t 5: must be left out",
                "--divert *:80 --zookeeper h:0 | --zookeeper h:0: must have a port of 1..65535",
                "--divert *:80 --advertise h:1 | --advertise h:1: must be given together with --zookeeper",
                "--divert *:80 more | more: must follow an option",
                "--divert *:80 -p 1 -p 2 | --port: may be given only once",
                "--divert *:80 -b 203.0.113.1 | --bind 203.0.113.1: must be an address of this host",
            })
    void refusesABadCommandLineInOneSentence(String line, String sentence) {
        assertThat(run(line.split(" "))).isEqualTo(Cli.BAD_CONFIGURATION);
        assertThat(err.toString().strip())
                .startsWith("interceptor: " + sentence)
                .doesNotContain("\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void refusesAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(run("--divert", "*:80", "-b", "127.0.0.1", "-p", port)).isEqualTo(Cli.BAD_CONFIGURATION);
            assertThat(err.toString()).contains("--port " + port + ": must be free to listen on at 127.0.0.1");
        }
    }

    @Test
    void namesEveryOptionInItsHelp() {
        assertThat(run("--help")).isEqualTo(Cli.DONE);
        assertThat(out.toString())
                .contains("--divert", "--mode", "--capture", "--filter", "--pass", "--bind", "--port", "--log")
                .contains("--pid-file", "--daemon", "--metrics-port", "--metrics-bind", "--check", "release");
    }
}
