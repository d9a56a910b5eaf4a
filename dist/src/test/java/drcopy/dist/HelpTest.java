// SPDX-License-Identifier: Apache-2.0
package drcopy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.Cli;
import drcopy.agent.Heading;
import drcopy.coordinator.CoordinatorMain;
import drcopy.copier.CopierMain;
import drcopy.interceptor.InterceptorMain;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code -h}: every option, in groups, with its default. The list of options is the option classes' own. */
class HelpTest {
    /** Options that must be given, or that nothing stands for when they are not. */
    private static final Set<String> WITHOUT_DEFAULT = Set.of(
            "--transfer",
            "--servers",
            "--client-ips",
            "--loopback-clients",
            "--mysql",
            "--device",
            "--filter",
            "--zk-auth",
            "--zk-config",
            "--tls-cert",
            "--tls-key",
            "--tls-ca",
            "--pcap",
            "--probe",
            "--log",
            "--pid-file",
            "--config",
            "--divert",
            "--capture",
            "--pass",
            "--nat",
            "--advertise",
            "--server-id",
            "--zk-server-config",
            "--ensemble",
            "--http-token",
            "--reason");

    /** Everything that has options: programs, and commands of programs. */
    static Stream<CommandLine> commands() {
        return Stream.of(new CopierMain(), new InterceptorMain(), new CoordinatorMain())
                .flatMap(program -> leaves(Cli.line(program)));
    }

    private static Stream<CommandLine> leaves(CommandLine line) {
        Stream<CommandLine> inner =
                line.getSubcommands().values().stream().distinct().flatMap(HelpTest::leaves);
        boolean hasOwn = shown(line).stream().anyMatch(option -> option.userObject() instanceof AnnotatedElement);
        return Stream.concat(hasOwn ? Stream.of(line) : Stream.empty(), inner);
    }

    private static List<OptionSpec> shown(CommandLine line) {
        return line.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .toList();
    }

    /** As the help writes it: {@code --[no-]lonely} for one that has an opposite. */
    private static String name(OptionSpec option) {
        String name = option.longestName();
        return option.negatable() ? "--[no-]" + name.substring(2) : name;
    }

    @Test
    void thereAreThreeProgramsAndTheCommandsOfTwo() {
        assertThat(commands().map(CommandLine::getCommandName))
                .contains(
                        "copier", "interceptor", "serve", "status", "watch", "pause", "resume", "set", "list", "free");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void namesEveryOptionAndItsDefault(CommandLine line) {
        String help = line.getUsageMessage();

        assertThat(shown(line)).isNotEmpty().allSatisfy(option -> assertThat(help)
                .contains(name(option)));
        assertThat(shown(line))
                .filteredOn(option -> option.arity().max() > 0 && option.type() != boolean.class)
                .filteredOn(option -> !WITHOUT_DEFAULT.contains(option.longestName()))
                .allSatisfy(option -> assertThat(String.join(" ", option.description()))
                        .as(option.longestName())
                        .contains("default: "));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void groupsThemUnderHeadings(CommandLine line) {
        String help = line.getUsageMessage();
        List<String> headings = shown(line).stream()
                .map(OptionSpec::userObject)
                .filter(AnnotatedElement.class::isInstance)
                .map(field -> ((AnnotatedElement) field).getAnnotation(Heading.class))
                .filter(heading -> heading != null)
                .map(Heading::value)
                .distinct()
                .toList();

        assertThat(headings).isNotEmpty();
        assertThat(help)
                .as("%s", line.getCommandName())
                .contains(headings.stream()
                        .map(title -> System.lineSeparator() + title + ":")
                        .toList());
        int first = help.indexOf(headings.get(0) + ":");
        assertThat(shown(line)).allSatisfy(option -> assertThat(help.lastIndexOf(name(option)))
                .as("%s stands under a heading", option.longestName())
                .isGreaterThan(first));
    }
}
