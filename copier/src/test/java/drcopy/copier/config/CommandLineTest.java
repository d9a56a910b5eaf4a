// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.Cli;
import drcopy.copier.CopierMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandLineTest {
    private static final String GOOD = "-x 80-198.18.1.200:80 -s 198.18.1.11 ";

    private static CopierConfig parse(String line) {
        CopierOptions options = new CopierOptions();
        new CommandLine(options).parseArgs(line.strip().split(" +"));
        return options.config();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            -s a                                          | --transfer: must be given
            -x 80-198.18.1.2:80                           | --servers: must be given, or --zookeeper
            -s a -x                                       | --transfer: must be followed by a value
            -s a -x 80                                    | --transfer 80: must be [onlineIP:]port-targetIP:port, with brackets around an IPv6 address
            -s a -x -198.18.1.2:80                        | --transfer -198.18.1.2:80: must be [onlineIP:]port-targetIP:port, with brackets around an IPv6 address
            -s a -x 80-198.18.1.2                         | --transfer 80-198.18.1.2: must be a port, 1..65535
            -s a -x 80-80                                 | --transfer 80-80: must name the target's address: [onlineIP:]port-targetIP:port, with brackets around an IPv6 address
            -s a -x 0-198.18.1.2:80                       | --transfer 0-198.18.1.2:80: must have a port of 1..65535
            -s a -x 80-198.18.1.2:65536                   | --transfer 80-198.18.1.2:65536: must have a port of 1..65535
            -s a -x 80-target.example:80                  | --transfer 80-target.example:80: must have addresses, for packets carry no host names and a name may mean another host tomorrow
            -s a -x www:80-198.18.1.2:80                  | --transfer www:80-198.18.1.2:80: must have addresses, for packets carry no host names and a name may mean another host tomorrow
            -s a -x 80-2001:db8::1:80                     | --transfer 80-2001:db8::1:80: must have brackets around an IPv6 address: [2001:db8::1]:80
            -s a -x 80-[2001:db8::1]                      | --transfer 80-[2001:db8::1]: must have a port on both sides
            -s a -x 80-198.18.1.256:80                    | --transfer 80-198.18.1.256:80: must be an IPv4 or IPv6 address
            -s a -x 80-0.0.0.0:80                         | --transfer 80-0.0.0.0:80: must have the address of one host, or a virtual one, as target
            -s a -x 80-224.0.0.1:80                       | --transfer 80-224.0.0.1:80: must have the address of one host, or a virtual one, as target
            -s a -x 80-255.255.255.255:80                 | --transfer 80-255.255.255.255:80: must have the address of one host, or a virtual one, as target
            -s a -x 0.0.0.0:80-198.18.1.2:80              | --transfer 0.0.0.0:80-198.18.1.2:80: must have an address of this host as online, or only the port for all of them
            -s a -x 80@02:00:00:00:00:01-198.18.1.2:80    | --transfer 80@02:00:00:00:00:01-198.18.1.2:80: must be without @MAC, unless --device sends at the link layer
            -s a -o eth0 -x 80-198.18.1.2:80@02:00        | --transfer 80-198.18.1.2:80@02:00: must have a MAC address such as 02:00:00:00:00:01 behind @
            -s a -o eth0 -x 80-198.18.1.2:80@02:00:00:00:00:01,81-198.18.1.2:81 | --transfer 80-198.18.1.2:80@02:00:00:00:00:01,81-198.18.1.2:81: must have the same @MACs wherever it has the same target address
            -s a -x 198.18.1.2:80-198.18.1.2:80           | --transfer 198.18.1.2:80-198.18.1.2:80: must not transfer to itself
            -s a -x 80-198.18.1.2:80,80-198.18.1.3:80     | --transfer 80-198.18.1.2:80,80-198.18.1.3:80: must name each online address and port once, and 80-198.18.1.2:80 and 80-198.18.1.3:80 are two transfers of the same
            -s a -x 80-198.18.1.2:80,198.18.1.2:80-198.18.1.3:80 | --transfer 80-198.18.1.2:80,198.18.1.2:80-198.18.1.3:80: must not copy replicas again: the target of 80-198.18.1.2:80 is the online side of 198.18.1.2:80-198.18.1.3:80
            -s a -x 198.18.0.1:80-[2001:db8::1]:80        | --transfer 198.18.0.1:80-[2001:db8::1]:80: must have both sides of one address family, unless -c gives the clients addresses of the target's
            -x 80-198.18.1.2:80 -s a:0                    | --servers a:0: must have a port of 1..65535
            -x 80-198.18.1.2:80 -s a,,b                   | --servers : must be host or host:port, with brackets around an IPv6 address
            -x 80-198.18.1.2:80 -s a,a:36524              | --servers a:36524: must be named once
            -x 80-198.18.1.2:80 -s 2001:db8::1            | --servers 2001:db8::1: must be host or host:port, with brackets around an IPv6 address
            """)
    void refusesBadPartiesInOneSentence(String args, String sentence) {
        assertRefused(args, sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            -p 0                     | --port 0: must be 1..65535
            -p http                  | --port http: must be a whole number
            --max-cpu 0              | --max-cpu 0: must be 1..100000
            --max-bandwidth 0        | --max-bandwidth 0: must be 1..1000000
            --max-packets 9          | --max-packets 9: must be 10..100000000
            --tls-key k              | --tls-key k: must be given together with --tls-cert
            --tls-cert c             | --tls-cert c: must be given together with --tls-key
            --tls-cert c --tls-key k | --tls-cert c: must be given together with --tls-ca
            --tls-cert c --tls-key k --tls-ca a | --tls-cert c: must be given files that can be read, and c is not there
            -C 0                     | --connections 0: must be 1..16
            -C 17                    | --connections 17: must be 1..16
            -n 0                     | --replicas 0: must be 1..1023
            -n 1024                  | --replicas 1024: must be 1..1023
            -f 1024                  | --instance 1024: must be 0..1023
            -f -1                    | --instance -1: must be 0..1023
            -r 0                     | --ratio 0: must be 1..100
            -r 101                   | --ratio 101: must be 1..100
            -r 12.5                  | --ratio 12.5: must be a whole number
            -g -1                    | --gradual -1: must be 0..86400
            -g 2h                    | --gradual 2h: must be a whole number
            -H host                  | --loopback-clients host: must be addresses, a.b.c.x or networks such as 198.18.8.0/24
            -H 198.18.1.x            | --loopback-clients 198.18.1.x: must not hold the address of a target, and that of 80-198.18.1.200:80 is in it
            --join-idle -1           | --join-idle -1: must be 0..600000
            -c host                  | --client-ips host: must be addresses, a.b.c.x or networks such as 198.18.8.0/24
            -c 198.18.8.0/33         | --client-ips 198.18.8.0/33: must have a prefix of 0..32 bits
            -c 0.0.0.0/0             | --client-ips 0.0.0.0/0: must have a prefix of 8..32 bits, or 32..128 for IPv6
            -c 224.0.0.1             | --client-ips 224.0.0.1: must be addresses that a client could have
            -c 198.18.1.x            | --client-ips 198.18.1.x: must not hold the address of a target, and that of 80-198.18.1.200:80 is in it
            -c 2001:db8::1           | --client-ips 2001:db8::1: must have an address of the family of every target, and 80-198.18.1.200:80 finds none
            -t 0                     | --session-timeout 0: must be 1..86400
            -M 575                   | --mtu 575: must be 576..65535
            -M 65536                 | --mtu 65536: must be 576..65535
            --shards 0               | --shards 0: must be 1..16
            --shards 2 -u a@b        | --shards 2: must be 1 together with --mysql
            --mss 87                 | --mss 87: must be 88..1460
            --mss 1461               | --mss 1461: must be 88..1460
            -m 64                    | --memory 64: must be 169..1048576
            -m lots                  | --memory lots: must be a whole number
            -B 0                     | --buffer 0: must be 1..1024
            -B 400                   | --buffer 400: must leave 168 MiB of --memory 512
            --snaplen 95             | --snaplen 95: must be 96..262144
            --snaplen 262145         | --snaplen 262145: must be 96..262144
            --snaplen 0              | --snaplen 0: must be 96..262144
            --hold 3601              | --hold 3601: must be 0..3600
            -W --hold 3              | --hold 3: must not be given together with --no-wait
            --interface eth0,eth0    | --interface eth0,eth0: must name each device once
            --metrics-port 65536     | --metrics-port 65536: must be 1..65535
            -a 2                     | --accelerate 2: must be given together with --pcap
            -I 100                   | --interval 100: must be given together with --pcap
            -T 2                     | --repeat 2: must be given together with --pcap
            --dry-run                | --dry-run: must be given together with --pcap
            -i a.pcap -a 0.9         | --accelerate 0.9: must be 1..1000000, such as 10 or 2.5
            -i a.pcap -a fast        | --accelerate fast: must be 1..1000000, such as 10 or 2.5
            -i a.pcap -I 0           | --interval 0: must be 1..86400000
            -i a.pcap -I 1.5         | --interval 1.5: must be a whole number
            -i a.pcap -T 0           | --repeat 0: must be 1..1000000
            -i a.pcap --interface lo | --interface: must not be given together with --pcap
            -i a.pcap -B 16          | --buffer: must not be given together with --pcap
            -i a.pcap --snaplen 96   | --snaplen: must not be given together with --pcap
            -i a.pcap --shards 2     | --shards: must not be given together with --pcap
            -i a.pcap --dry-run      | --pcap a.pcap: must be a capture file, and this one cannot be read: there is no such file
            -i                       | --pcap: must be followed by a value
            -D 1400                  | -D 1400: must be --mss here
            -R 20                    | -R 20: must be left out: the round trip is measured
            -U 4                     | -U 4: must be left out: --memory bounds all sessions together
            -k 60                    | -k 60: must be left out: an idle session is forgotten after twice --session-timeout
            -S 1500                  | -S 1500: must be --snaplen here, or --mss for what 0.9 meant
            --zookeeper h:           | --zookeeper h:: must be host or host:port, with brackets around an IPv6 address
            -z h:2181/               | --zookeeper h:2181/: must be host:port,... with a path like /drcopy after it, or none
            -z h --pool a/b          | --pool a/b: must be 1..63 letters, digits, dots, dashes or underscores
            --pool p                 | --pool p: must be given together with --zookeeper
            -z h --zk-auth /nowhere  | --zk-auth /nowhere: must be a file that can be read
            stray                    | stray: must follow an option, nothing else is expected here
            --probe 198.18.8.1       | --probe: must be given together with --check
            --check --probe here     | --probe here: must be an IPv4 or IPv6 address
            -p 1 -p 2                | --port: may be given only once
            --config /nowhere        | --config /nowhere: must be a readable text file
            """)
    void refusesBadValuesInOneSentence(String args, String sentence) {
        assertRefused(GOOD + args, sentence);
    }

    private static void assertRefused(String args, String sentence) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int code = Cli.run(
                new CopierMain(),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                args.strip().split(" +"));

        assertThat(err.toString()).isEqualTo("copier: " + sentence + System.lineSeparator());
        assertThat(code).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void hasTheDocumentedDefaults() {
        CopierConfig config = parse(GOOD);

        assertThat(config.ratioPercent()).isEqualTo(100);
        assertThat(config.memoryMib()).isEqualTo(512);
        assertThat(config.instanceIds()).containsExactly(0);
        assertThat(config.clients().isEmpty()).isTrue();
        assertThat(config.interceptors().servers()).hasToString("[198.18.1.11:36524]");
        assertThat(config.interceptors().connections()).isEqualTo(1);
        assertThat(config.interceptors().lonely()).isTrue();
        assertThat(config.replay())
                .hasToString(
                        "Replay[mtu=1500, mtu6=1280, mss=1460, sessionTimeout=PT2M, hold=PT5S, joinIdle=PT0.5S, onlySyn=false]");
        assertThat(config.capture())
                .hasToString("Capture[interfaces=[], filter=null, bufferMib=64, snaplen=0, shards=1]");
    }

    @Test
    void takesTheBufferFromTheMemory() {
        assertThat(parse(GOOD + "-m 256").capture().bufferMib()).isEqualTo(32);
        assertThat(parse(GOOD + "-m 174").capture().bufferMib()).isEqualTo(6);
        assertThat(parse(GOOD + "-m 4096").capture().bufferMib()).isEqualTo(64);
        assertThat(parse(GOOD + "-m 256 -B 5").capture().bufferMib()).isEqualTo(5);
    }

    @Test
    void leavesRoomForTheLongerHeadersOfAnIpv6Target() {
        assertThat(parse("-x 80-[2001:db8::1]:80 -s h").replay().mss()).isEqualTo(1440);
    }

    @Test
    void neverHoldsWhenToldNotToWait() {
        assertThat(parse(GOOD + "-W").replay().hold()).isZero();
    }

    @Test
    void givesEveryReplicaOfAnInstanceAnIdOfItsOwn() {
        assertThat(parse(GOOD + "-n 3 -f 2").instanceIds()).containsExactly(6, 7, 8);
        assertThat(parse(GOOD + "-n 3 -f 341").instanceIds()).containsExactly(1023, 0, 1);
    }

    @Test
    void takesServersFromListsAndRepeatsWithNamesAndBrackets() {
        assertThat(parse("-x 80-198.18.1.2:80 -s a,b:1 -s [2001:db8::1]:7 -p 99")
                        .interceptors()
                        .servers())
                .hasToString("[a:99, b:1, [2001:db8::1]:7]");
    }

    @Test
    void endsWithTheLastInterceptorOnlyWhenAsked() {
        assertThat(parse(GOOD + "-L").interceptors().lonely()).isTrue();
        assertThat(parse(GOOD + "--no-lonely").interceptors().lonely()).isFalse();
    }
}
