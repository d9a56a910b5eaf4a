// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every script below {@code session/} in every variant; those in {@code must-fail/} must fail with the message they name. */
class SessionScriptTest {
    private static final Path FOLDER = Path.of("src/test/resources/session");

    @TestFactory
    Stream<DynamicTest> scripts() {
        List<Path> files = files(FOLDER);
        assertThat(files).as("scripts below " + FOLDER.toAbsolutePath()).isNotEmpty();
        return files.stream().flatMap(SessionScriptTest::variants);
    }

    private static Stream<DynamicTest> variants(Path file) {
        String name = FOLDER.relativize(file).toString();
        String family =
                ScriptParser.parse(name, text(file, Variant.ALL[0])).options().getOrDefault("family", "");
        return Arrays.stream(Variant.ALL)
                .filter(v -> family.isEmpty() || v.isIpv6() == family.equals("6"))
                .map(v ->
                        DynamicTest.dynamicTest(name + " [" + v.name() + "]", file.toUri(), () -> run(file, name, v)));
    }

    private static void run(Path file, String name, Variant variant) {
        Script script = ScriptParser.parse(name, text(file, variant));
        if (script.failure() == null) {
            ScriptRunner.run(script, variant);
            return;
        }
        Throwable thrown = catchThrowable(() -> ScriptRunner.run(script, variant));
        assertThat(thrown).as(name + " must fail").isInstanceOf(ScriptFailure.class);
        assertThat(thrown.getMessage()).containsPattern(Pattern.compile(script.failure(), Pattern.DOTALL));
    }

    private static List<Path> files(Path folder) {
        String only = System.getProperty("script", "");
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(p -> p.toString().endsWith(".pkt") && p.toString().contains(only))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The script with {@code $MSS} for the MSS that fills the default MTU. */
    private static String text(Path file, Variant variant) {
        try {
            return Files.readString(file).replace("$MSS", Integer.toString(variant.mss(1500)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
