// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    private static final String OWN_PID = Long.toString(ProcessHandle.current().pid());

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void chooseFile() {
        path = folder.resolve("copier.pid");
    }

    @Test
    void holdsThePidAndIsRemoved() throws IOException {
        try (PidFile held = PidFile.take(path)) {
            assertThat(held).isNotNull();
            assertThat(Files.readString(path)).isEqualTo(OWN_PID + "\n");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void replacesWhatADeadProcessLeft() throws IOException {
        Files.writeString(path, "1\n");
        try (PidFile held = PidFile.take(path)) {
            assertThat(held).isNotNull();
            assertThat(Files.readString(path)).isEqualTo(OWN_PID + "\n");
        }
    }

    @Test
    void refusesAFileThatAnotherProcessHolds() throws Exception {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        path.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = holder.inputReader()) {
            assertThat(output.readLine()).isEqualTo("held");
            assertThatThrownBy(() -> PidFile.take(path))
                    .hasMessageEndingWith("must not be held by a live process, and " + holder.pid() + " holds it");
        } finally {
            holder.destroyForcibly().waitFor();
        }
        try (PidFile held = PidFile.take(path)) {
            assertThat(held).isNotNull();
        }
    }

    /** Holds the file that its argument names until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String... args) throws IOException {
            Logs.toNowhere();
            try (PidFile held = PidFile.take(Path.of(args[0]))) {
                System.out.println(held == null ? "" : "held");
                System.in.read();
            }
        }
    }

    @Test
    void refusesAFileThatThisProcessHolds() {
        try (PidFile held = PidFile.take(path)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> PidFile.take(path))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("--pid-file " + path + ": must not be held by a live process, and " + OWN_PID
                            + " holds it");
            assertThat(path).exists();
        }
    }

    @Test
    void neverOverwritesAnotherKindOfFile() throws IOException {
        Files.writeString(path, "precious");
        assertThatThrownBy(() -> PidFile.take(path)).hasMessageContaining("must be a pid file");
        assertThat(Files.readString(path)).isEqualTo("precious");
    }

    @Test
    void refusesAFolder() {
        assertThatThrownBy(() -> PidFile.take(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("must be a file that can be written");
    }
}
