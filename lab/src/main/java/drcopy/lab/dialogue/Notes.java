// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.dialogue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a server heard, a line each: the name and the nanoseconds of the clock that all processes of a machine share. Any thread. */
public final class Notes {
    private final Path file;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    Notes(Path file) {
        this.file = file;
    }

    void note(String name) {
        lines.add(name + " " + System.nanoTime() + "\n");
    }

    /** Writes what came since the last time. One thread. */
    void flush() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line = lines.poll(); line != null; line = lines.poll()) {
            text.append(line);
        }
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /**
     * When each was heard first of what concerns a port.
     *
     * @param kinds first letters of the names wanted
     */
    public static Map<String, Long> read(Path file, String kinds, int port) {
        try (Stream<String> all = Files.lines(file)) {
            return all.filter(line -> kinds.indexOf(line.charAt(0)) >= 0 && line.contains("-" + port + "-"))
                    .map(line -> line.split(" ", 2))
                    .collect(Collectors.toMap(word -> word[0], word -> Long.valueOf(word[1]), Math::min, HashMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of all that was heard. */
    public static List<String> names(Path file) {
        try (Stream<String> all = Files.lines(file)) {
            return all.map(line -> line.split(" ", 2)[0]).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
