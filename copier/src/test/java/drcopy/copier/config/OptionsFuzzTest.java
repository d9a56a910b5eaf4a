// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.agent.Cli;
import drcopy.wire.Fuzz;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What people write, mangled: it is understood, or refused in a sentence. */
class OptionsFuzzTest {
    private static final String[] TRANSFERS = {
        "80-198.18.1.200:80",
        "198.18.0.10:80-198.18.1.200:8080",
        "[2001:db8::10]:80-[2001:db8:1::200]:80",
        "80@02:00:00:00:00:01-198.18.1.2:80@02:00:00:00:00:02"
    };
    private static final String[] LINES = {
        "size 5\n",
        "--size=7\n",
        "size = 9\n",
        "# comment\n",
        "flag\n",
        "flag true\n",
        "name \"a b\"\n",
        "name 'x\n",
        "\n",
        "list a,b,c\n"
    };
    private static final String ALPHABET = "0123456789.:-[]@/,= \t\"'\\#abfx\u00e9\u0000\uffff";

    @TempDir
    Path folder;

    private static String mangled(Random random, String text) {
        StringBuilder mangled = new StringBuilder(text);
        for (int n = random.nextInt(5); n > 0; n--) {
            char c = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
            int at = random.nextInt(mangled.length() + 1);
            if (random.nextBoolean() || at == mangled.length()) {
                mangled.insert(at, c);
            } else if (random.nextBoolean()) {
                mangled.deleteCharAt(at);
            } else {
                mangled.setCharAt(at, c);
            }
        }
        return mangled.toString();
    }

    @Test
    void aTransferIsUnderstoodOrRefused() {
        Fuzz.run("-x", 11, 50_000, (random, round) -> {
            String text = mangled(random, TRANSFERS[random.nextInt(TRANSFERS.length)]);
            try {
                Transfer transfer = Transfer.parse(text);
                assertThat(transfer.onlinePort()).isBetween(1, 65_535);
                assertThat(transfer.target().port()).isBetween(1, 65_535);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as(text).hasMessageStartingWith("must ");
            }
        });
    }

    @Test
    void aConfigurationFileIsUnderstoodOrRefused() {
        Fuzz.run("config", 12, 300, (random, round) -> {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(6); n >= 0; n--) {
                text.append(mangled(random, LINES[random.nextInt(LINES.length)]));
            }
            judge(text.toString());
        });
    }

    private void judge(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("any.conf"), text);
        StringWriter err = new StringWriter();
        int rc = Cli.run(
                new Program(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err, true),
                "--config",
                file.toString());
        assertThat(rc).as(text).isIn(Cli.DONE, 2);
        assertThat(err.toString().lines().count()).as("%s%n%s", text, err).isEqualTo(rc == Cli.DONE ? 0 : 1);
    }

    @Command(name = "program")
    static final class Program implements Callable<Integer> {
        @Option(names = "--size")
        int size;

        @Option(names = "--flag")
        boolean flag;

        @Option(names = "--name")
        String name;

        @Option(names = "--list", split = ",")
        String[] list;

        @Override
        public Integer call() {
            return Cli.DONE;
        }
    }
}
