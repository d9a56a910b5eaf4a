// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A load on production. */
enum BenchCase {
    KEEPALIVE_500(5_000, "--connections 50 --rate 500"),
    KEEPALIVE_5000(50_000, "--connections 50 --rate 5000"),
    KEEPALIVE_MAX(100_000, "--connections 50"),
    SHORT_2000(20_000, "--style SHORT --connections 200 --rate 2000"),
    SHORT_MAX(30_000, "--style SHORT --connections 50"),
    UPLOADS(200, "--connections 8 --sizes 1000000"),
    DOWNLOADS(5_000, "--connections 20 --rate 500"),
    SESSIONS_1(10_000, "--connections 1 --rate 1000"),
    SESSIONS_100(50_000, "--connections 100 --rate 5000"),
    SESSIONS_10000(50_000, "--connections 10000 --rate 5000"),
    SESSIONS_100000(200_000, "--connections 100000 --rate 5000");

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

    /** Options of {@link drcopy.lab.load.LoadPlan}. */
    String[] load(double scale) {
        List<String> words = words();
        words.addAll(List.of("--count", Long.toString(Math.round(requests * scale)), "--seconds", "120"));
        // The web server answers 100 kB below /file/.
        words.addAll(List.of("--run", this == DOWNLOADS ? "file" : word()));
        return words.toArray(String[]::new);
    }
}
