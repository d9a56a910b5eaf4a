// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How much more one side takes than the other, from runs in pairs: the geometric mean of the pairs' ratios, and its 95 % confidence
 * interval by Student's distribution of their logarithms.
 *
 * @param low lower end of the interval; not a number with fewer than two pairs
 * @param high upper end of it
 */
record Ratio(double mean, double low, double high) {
    private static final double NORMAL_97_5 = 1.959964;

    /** Ratios of a figure, run by run; lists of the same length, figures above zero. */
    static Ratio of(String figure, List<Figures> ours, List<Figures> theirs) {
        double[] logs = IntStream.range(0, ours.size())
                .mapToDouble(i -> Math.log(ours.get(i).values().get(figure)
                        / theirs.get(i).values().get(figure)))
                .toArray();
        int n = logs.length;
        double mean = IntStream.range(0, n).mapToDouble(i -> logs[i]).average().orElse(Double.NaN);
        double squares = IntStream.range(0, n)
                .mapToDouble(i -> (logs[i] - mean) * (logs[i] - mean))
                .sum();
        double half = student(n - 1) * Math.sqrt(squares / (n - 1) / n);
        return new Ratio(Math.exp(mean), Math.exp(mean - half), Math.exp(mean + half));
    }

    /** The 97.5 % quantile of Student's distribution, by Cornish and Fisher's expansion: within 1 % from three degrees of freedom on. */
    private static double student(int freedom) {
        double z = NORMAL_97_5;
        double v = freedom;
        return z
                + (Math.pow(z, 3) + z) / (4 * v)
                + (5 * Math.pow(z, 5) + 16 * Math.pow(z, 3) + 3 * z) / (96 * v * v)
                + (3 * Math.pow(z, 7) + 19 * Math.pow(z, 5) + 17 * Math.pow(z, 3) - 15 * z) / (384 * v * v * v);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", mean, low, high);
    }
}
