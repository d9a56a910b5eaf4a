// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A load on production. */
enum BenchCase {
    KEEPALIVE_500(5_000, "--connections 50 --rate 500"),
    KEEPALIVE_5000(50_000, "--connections 50 --rate 5000"),
    KEEPALIVE_MAX(100_000, "--connections 50"),
    SHORT_2000(20_000, "--style SHORT --connections 200 --rate 2000"),
    SHORT_MAX(30_000, "--style SHORT --connections 50"),
    UPLOADS(1_000, "--connections 8 --rate 50 --sizes 1000000"),
    UPLOADS_MAX(200, "--connections 8 --sizes 1000000"),
    DOWNLOADS(5_000, "--connections 20 --rate 500"),
    SESSIONS_1(10_000, "--connections 1 --rate 1000"),
    SESSIONS_100(50_000, "--connections 100 --rate 5000"),
    SESSIONS_10000(50_000, "--connections 10000 --rate 5000"),
    SESSIONS_100000(200_000, "--connections 100000 --rate 5000");

    /** A process may not have many more files open. */
    private static final int MOST_CONNECTIONS = 16_384;

    private final int requests;
    private final String options;

    BenchCase(int requests, String options) {
        this.requests = requests;
        this.options = options;
    }

    /** As the command line has it: {@code keepalive-500}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The case of this word. */
    static BenchCase of(String word) {
        for (BenchCase each : values()) {
            if (each.word().equals(word)) {
                return each;
            }
        }
        throw new IllegalArgumentException("--cases " + word + ": must be of "
                + List.of(values()).stream().map(BenchCase::word).toList());
    }

    /** Connections at a time. */
    int connections() {
        List<String> words = words();
        return Integer.parseInt(words.get(words.indexOf("--connections") + 1));
    }

    private List<String> words() {
        return new ArrayList<>(List.of(options.split(" ", -1)));
    }

    /** Options of {@link drcopy.lab.load.LoadPlan} for each of the generators, which have {@value #MOST_CONNECTIONS} connections at most. */
    List<String[]> loads(double scale) {
        int generators = (connections() + MOST_CONNECTIONS - 1) / MOST_CONNECTIONS;
        return IntStream.range(0, generators)
                .mapToObj(number -> load(scale, number, generators))
                .toList();
    }

    private String[] load(double scale, int number, int generators) {
        List<String> words = words();
        for (String divided : List.of("--connections", "--rate")) {
            int at = words.indexOf(divided) + 1;
            if (at > 0) {
                words.set(at, Integer.toString(Integer.parseInt(words.get(at)) / generators));
            }
        }
        words.addAll(List.of("--count", Long.toString(Math.round(requests * scale / generators)), "--seconds", "120"));
        // The web server answers 100 kB below /file/.
        String run = this == DOWNLOADS ? "file" : word();
        words.addAll(List.of("--run", generators == 1 ? run : run + "-" + number));
        return words.toArray(String[]::new);
    }
}
