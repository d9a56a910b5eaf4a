// SPDX-License-Identifier: Apache-2.0
package drcopy.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import drcopy.agent.Cli;
import drcopy.coordinator.CoordinatorMain;
import drcopy.copier.CopierMain;
import drcopy.interceptor.InterceptorMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import picocli.CommandLine;

/** Every option of every program refuses a bad value in one sentence. The list of options is the option classes' own. */
class BadValuesTest {
    /** A value for each option that takes one, which it must refuse; # stands for what the program needs besides. */
    private static final String ROWS =
            """
            copier | --transfer | -s a -x 80
            copier | --servers | -x 80-198.18.1.2:80 -s a:0
            copier | --port | # -p 0
            copier | --connections | # -C 17
            copier | --replicas | # -n 1024
            copier | --instance | # -f 1024
            copier | --ratio | # -r 0
            copier | --gradual | # -g -1
            copier | --client-ips | # -c 198.18.1
            copier | --loopback-clients | # -H localhost
            copier | --mysql | # -u @/nowhere
            copier | --session-timeout | # -t 0
            copier | --mtu | # -M 575
            copier | --mss | # --mss 87
            copier | --device | # -o nosuchdevice
            copier | --memory | # -m 1
            copier | --interface | # --interface nosuchdevice
            copier | --filter | # -F tcp((
            copier | --buffer | # -B 0
            copier | --snaplen | # --snaplen 95
            copier | --shards | # --shards 17
            copier | --hold | # --hold -1
            copier | --join-idle | # --join-idle -1
            copier | --max-cpu | # --max-cpu 0
            copier | --max-bandwidth | # --max-bandwidth 0
            copier | --max-packets | # --max-packets 9
            copier | --zookeeper | # -z h:0
            copier | --pool | # -z h --pool a/b
            copier | --zk-auth | # -z h --zk-auth /nowhere
            copier | --zk-config | # -z h --zk-config /nowhere
            copier | --tls-cert | # --tls-cert /nowhere --tls-key /nowhere --tls-ca /nowhere
            copier | --tls-key | # --tls-key /nowhere
            copier | --tls-ca | # --tls-ca /nowhere
            copier | --pcap | # -i /nowhere
            copier | --accelerate | # -i /nowhere -a 0.5
            copier | --interval | # -i /nowhere -I 0
            copier | --repeat | # -i /nowhere -T 0
            copier | --probe | # --check --probe client.example
            copier | --log | # -l /nowhere/log
            copier | --log-level | # --log-level loud
            copier | --pid-file | # -P /nowhere/pid
            copier | --metrics-port | # --metrics-port 65536
            copier | --metrics-bind | # --metrics-port 1 --metrics-bind nowhere
            copier | --config | # --config /nowhere
            interceptor | --divert | --divert 198.18.1.2
            interceptor | --mode | # --mode nflog
            interceptor | --capture | --capture nosuchdevice -F tcp
            interceptor | --filter | --capture lo -F tcp((
            interceptor | --pass | # -x 0.0.0.0/0
            interceptor | --nat | # --nat 198.18.1.2:80
            interceptor | --bind | # -b localhost
            interceptor | --port | --divert 198.18.1.2:80 -p 0
            interceptor | --zookeeper | # -z h:0
            interceptor | --pool | # -z h --pool a/b
            interceptor | --zk-auth | # -z h --zk-auth /nowhere
            interceptor | --zk-config | # -z h --zk-config /nowhere
            interceptor | --advertise | # -z h --advertise h:0
            interceptor | --tls-cert | # --tls-cert /nowhere --tls-key /nowhere --tls-ca /nowhere
            interceptor | --tls-key | # --tls-key /nowhere
            interceptor | --tls-ca | # --tls-ca /nowhere
            interceptor | --log | # -l /nowhere/log
            interceptor | --log-level | # --log-level loud
            interceptor | --pid-file | # -P /nowhere/pid
            interceptor | --metrics-port | # --metrics-port 65536
            interceptor | --metrics-bind | # --metrics-port 1 --metrics-bind nowhere
            interceptor | --config | # --config /nowhere
            coordinator | --data | serve --data /dev/null/data
            coordinator | --zk-port | serve --zk-port 0
            coordinator | --bind | serve --bind localhost
            coordinator | --peers | serve --peers one --server-id 1
            coordinator | --server-id | serve --server-id 1
            coordinator | --zk-server-config | serve --zk-server-config /nowhere --data /dev/null/data
            coordinator | --ensemble | serve --ensemble h:0
            coordinator | --http | serve --ensemble h --http 8088
            coordinator | --http-token | serve --ensemble h --http-token /nowhere
            coordinator | --zk-auth | serve --ensemble h --zk-auth /nowhere
            coordinator | --zk-config | serve --ensemble h --zk-config /nowhere
            coordinator | --log | serve --ensemble h -l /nowhere/log
            coordinator | --log-level | serve --ensemble h --log-level loud
            coordinator | --pid-file | serve --ensemble h -P /nowhere/pid
            coordinator | --metrics-port | serve --ensemble h --metrics-port 65536
            coordinator | --metrics-bind | serve --ensemble h --metrics-port 1 --metrics-bind nowhere
            coordinator | --config | serve --config /nowhere
            coordinator | --zookeeper | status -z h:0
            coordinator | --pool | status --pool a/b
            """;

    /** Options of which every value is good. */
    private static final Set<String> FREE = Set.of("--reason");

    /** They are the kernel's to refuse, and it asks for rights first. */
    private static final Set<String> NEED_RIGHTS = Set.of("--device", "--interface", "--filter", "--log", "--pid-file");

    private static Callable<Integer> program(String name) {
        return switch (name) {
            case "copier" -> new CopierMain();
            case "interceptor" -> new InterceptorMain();
            default -> new CoordinatorMain();
        };
    }

    /** The port is none that the kernel may have given to an outgoing connection. */
    private static String needed(String program) {
        return program.equals("copier") ? "-x 80-198.18.1.2:80 -s 198.18.1.3" : "--divert 198.18.1.2:80 -p 6524";
    }

    private static Stream<CommandLine> withSubcommands(CommandLine line) {
        return Stream.concat(
                Stream.of(line), line.getSubcommands().values().stream().flatMap(BadValuesTest::withSubcommands));
    }

    @ParameterizedTest
    @FieldSource("drcopy.dist.Checkout#PROGRAMS")
    void everyOptionWithAValueHasARow(String program) {
        Set<String> options = withSubcommands(Cli.line(program(program)))
                .flatMap(line -> line.getCommandSpec().options().stream())
                .filter(option -> !option.hidden() && option.arity().max() > 0)
                .filter(option -> option.type() != boolean.class)
                .map(option -> option.longestName())
                .filter(option -> !FREE.contains(option))
                .collect(Collectors.toCollection(TreeSet::new));

        List<String> rows = ROWS.lines()
                .map(row -> row.split(" \\| ", -1))
                .filter(row -> row[0].equals(program))
                .map(row -> row[1])
                .toList();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(options);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = ROWS)
    void isRefusedInOneSentence(String program, String option, String args) {
        assumeTrue(!NEED_RIGHTS.contains(option) || "root".equals(System.getProperty("user.name")), "needs root");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = args.replaceFirst("^#", needed(program)).split(" +");

        int code = Cli.run(program(program), new PrintWriter(out, true), new PrintWriter(err, true), words);

        String said = err.toString();
        assertThat(said)
                .as("%s said", Arrays.toString(words))
                .startsWith(program)
                .contains(": " + option);
        assertThat(said.strip().lines()).hasSize(1);
        assertThat(said).doesNotContain("Exception", "\tat ");
        assertThat(code).as(said).isEqualTo(Cli.BAD_CONFIGURATION);
        assertThat(out.toString()).isEmpty();
    }
}
