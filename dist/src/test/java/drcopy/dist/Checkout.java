// SPDX-License-Identifier: Apache-2.0
package drcopy.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files under test, and programs that judge them. Stateless. */
final class Checkout {
    /** Programs that are packaged. */
    static final List<String> PROGRAMS = List.of("coordinator", "copier", "interceptor");

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private Checkout() {}

    static Path file(String path) {
        return ROOT.resolve(path);
    }

    static String text(String path) {
        try {
            return Files.readString(file(path));
        } catch (IOException e) {
            throw new IllegalStateException("Cannot read " + path + ": " + e, e);
        }
    }

    /** Files of a folder whose names fit the pattern. */
    static List<Path> list(String folder, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(file(folder), glob)) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw new IllegalStateException("Cannot list " + folder + ": " + e, e);
        }
        return found;
    }

    /** What the program printed to both outputs; it must succeed. */
    static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new AssertionError(String.join(" ", command) + " -> exit " + exit + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
