// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Repeats a test on random input: so many rounds from a fixed seed as a rule, or with {@code -Dfuzz.seconds=600} that long, each time
 * so many rounds from another seed. What fails is told with seed and round.
 */
public final class Fuzz {
    private static final long SECONDS = Long.getLong("fuzz.seconds", 0);

    private Fuzz() {}

    /** One input, made and judged. */
    @FunctionalInterface
    public interface Round {
        void run(Random random, int number) throws Exception;
    }

    /** Runs them all. */
    public static void run(String name, long firstSeed, int rounds, Round round) {
        long startNs = System.nanoTime();
        long seed = firstSeed;
        long done = 0;
        do {
            repeat(name, seed++, rounds, round);
            done += rounds;
        } while (System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(SECONDS));
        if (SECONDS > 0) {
            System.out.println("fuzz: " + name + ": " + done + " rounds in " + SECONDS + " s");
        }
    }

    private static void repeat(String name, long seed, int rounds, Round round) {
        Random random = new Random(seed);
        for (int i = 0; i < rounds; i++) {
            try {
                round.run(random, i);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(name + ", seed " + seed + ", round " + i, e);
            }
        }
    }
}
