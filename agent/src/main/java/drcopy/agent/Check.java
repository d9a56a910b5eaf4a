// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

/** Rules that settings share. Each method returns the value it was given, or throws {@link ConfigException}. */
public final class Check {
    private Check() {}

    /** {@code min..max}, both included. */
    public static int range(String option, int value, int min, int max) {
        return (int) range(option, (long) value, min, max);
    }

    /** {@code min..max}, both included. */
    public static long range(String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new ConfigException(option, value, "must be " + min + ".." + max);
        }
        return value;
    }

    /** A TCP port somebody can be reached at: 1..65535. */
    public static int port(String option, int value) {
        return range(option, value, 1, 65535);
    }

    /** A rule of any kind. */
    public static void that(boolean holds, String option, Object value, String rule) {
        if (!holds) {
            throw new ConfigException(option, value, rule);
        }
    }
}
