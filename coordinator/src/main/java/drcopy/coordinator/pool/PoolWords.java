// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;

/** What there is to say about a pool, in words. Pure. */
public final class PoolWords {
    private static final int PERCENT = 100;

    private PoolWords() {}

    /** What copiers are told, a clause. */
    public static String of(Control control) {
        String what = control.paused() ? "paused" : "running";
        String ratio =
                control.ratio() == null ? "ratio as each copier is configured" : "ratio " + control.ratio() + " %";
        String who = control.by() == null ? "" : " (" + control.by() + ", " + control.at() + ")";
        String why = control.reason() == null ? "" : ": " + control.reason();
        return what + ", " + ratio + who + why;
    }

    /** How long ago, in one unit. */
    public static String age(String since, Instant now) {
        Duration age;
        try {
            age = Duration.between(Instant.parse(since), now);
        } catch (DateTimeParseException | NullPointerException e) {
            return "?";
        }
        if (age.toMinutes() < 2) {
            return Math.max(0, age.toSeconds()) + " s";
        }
        if (age.toHours() < 2) {
            return age.toMinutes() + " min";
        }
        return age.toHours() < 48 ? age.toHours() + " h" : age.toDays() + " d";
    }

    /**
     * What a copier's governor does, by the copier's own figures.
     *
     * @param state 0 all is mirrored, 1 new sessions are shed, 2 mirroring is paused; NaN when it is not known
     * @param share of new sessions that are taken up, 0..1
     * @param load of the scarcest resource, 1 is its whole budget
     */
    public static String governor(double state, double share, double load) {
        if (Double.isNaN(state)) {
            return "?";
        }
        String used = String.format(Locale.ROOT, "%.0f %% of its budget", PERCENT * load);
        return switch ((int) state) {
            case 0 -> "takes all";
            case 1 -> String.format(Locale.ROOT, "sheds, takes %.0f %%, at %s", PERCENT * share, used);
            default -> "paused, at " + used;
        };
    }

    /** Instance IDs, neighbours as a range: {@code 0-2, 7}. */
    public static String ids(List<Integer> ids) {
        List<Integer> sorted = ids.stream().sorted().toList();
        StringBuilder text = new StringBuilder();
        for (int first = 0; first < sorted.size(); ) {
            int last = first;
            while (last + 1 < sorted.size() && sorted.get(last + 1) == sorted.get(last) + 1) {
                last++;
            }
            text.append(text.isEmpty() ? "" : ", ").append(sorted.get(first));
            if (last > first) {
                text.append('-').append(sorted.get(last));
            }
            first = last + 1;
        }
        return text.toString();
    }
}
