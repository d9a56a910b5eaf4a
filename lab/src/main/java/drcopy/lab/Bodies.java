// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Request bodies as lines "URI SHA-256", sorted, from the sender's notes and from what servers stored. */
public final class Bodies {
    private Bodies() {}

    /** Of the file that a load writes. */
    public static List<String> ofFile(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the bodies that a web server stored. */
    public static List<String> ofLog(List<AccessLog.Line> log) {
        return log.stream()
                .filter(line -> !line.body().equals("-"))
                .map(line -> line.uri() + " " + sum(Path.of(line.body())))
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    private static String sum(Path file) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
