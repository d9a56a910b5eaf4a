// SPDX-License-Identifier: Apache-2.0
package drcopy.dist;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.Cli;
import drcopy.copier.CopierMain;
import drcopy.interceptor.InterceptorMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** docs/OPTIONS.md against the predecessor's list of options, the option classes and the tests that it names. */
class FormerOptionsTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    /** Everything in the getopt strings of tcpcopy 0.9 and 1.x, in whatever build. */
    private static final List<String> TCPCOPY = List.of(
            "-x", "-c", "-H", "-n", "-f", "-r", "-g", "-M", "-D", "-R", "-U", "-C", "-s", "-p", "-t", "-k", "-m", "-l",
            "-P", "-d", "-v", "-h", "-L", "-O", "-W", "-i", "-a", "-I", "-T", "-F", "-B", "-S", "-o", "-u", "--udp");
    /** And of intercept. */
    private static final List<String> INTERCEPT = List.of(
            "-i", "-F", "-p", "-b", "-s", "-n", "-D", "-c", "-l", "-P", "-d", "-v", "-h", "-x", "-q", "-t", "-o");

    private record Row(Set<String> former, String here, String shown) {}

    private static List<Row> rows(String heading) {
        String text = Checkout.text("docs/OPTIONS.md");
        int from = text.indexOf("## " + heading);
        int next = text.indexOf("\n## ", from + 1);
        return text.substring(from, next < 0 ? text.length() : next)
                .lines()
                .filter(line -> line.startsWith("| ") && line.contains("`"))
                .map(line -> line.split("(?<!\\\\)\\|", -1))
                .map(cells -> new Row(
                        words(cells[1])
                                .flatMap(cell -> Stream.of(cell.split("[ ,]+")))
                                .collect(Collectors.toSet()),
                        cells[2].strip(),
                        cells[3].strip()))
                .toList();
    }

    private static Stream<String> words(String cell) {
        return CODE.matcher(cell).results().map(MatchResult::group).map(word -> word.replace("`", ""));
    }

    private static void assertComplete(String heading, List<String> former, CommandLine line) {
        List<Row> rows = rows(heading);
        Set<String> listed = rows.stream().flatMap(row -> row.former().stream()).collect(Collectors.toSet());
        assertThat(listed).containsAll(former);
        for (String option : former) {
            assertThat(line.getCommandSpec().findOption(option))
                    .as("%s is taken, or refused with what to use instead", option)
                    .isNotNull();
        }
        for (Row row : rows) {
            assertThat(row.here() + row.shown()).as("%s", row.former()).isNotBlank();
            words(row.here())
                    .flatMap(word -> Stream.of(word.split("[ ,]+")))
                    .filter(word -> word.matches("--[a-z-]+"))
                    .map(option -> option.replace("--no-lonely", "--lonely"))
                    .forEach(option -> assertThat(line.getCommandSpec().findOption(option))
                            .as(option)
                            .isNotNull());
        }
    }

    @Test
    void everyOptionOfTcpcopyHasARow() {
        assertComplete("tcpcopy", TCPCOPY, Cli.line(new CopierMain()));
    }

    @Test
    void everyOptionOfInterceptHasARow() {
        assertComplete("intercept", INTERCEPT, Cli.line(new InterceptorMain()));
    }

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        Set<String> there;
        try (Stream<Path> files = Files.walk(Checkout.file(""), 12)) {
            there = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        List<Row> rows = Stream.concat(rows("tcpcopy").stream(), rows("intercept").stream())
                .toList();
        assertThat(rows)
                .allSatisfy(
                        row -> assertThat(row.shown()).as("%s", row.former()).isNotEmpty());
        assertThat(rows.stream().flatMap(row -> words(row.shown())).filter(word -> word.endsWith("Test")))
                .isNotEmpty()
                .allSatisfy(test -> assertThat(there).contains(test));
        assertThat(rows.stream().flatMap(row -> words(row.shown())).filter(word -> word.matches("[a-z]+/[a-z-]+")))
                .isNotEmpty()
                .allSatisfy(script -> assertThat(Checkout.file("copier/src/test/resources/session/" + script + ".pkt"))
                        .exists());
    }
}
