// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was recorded of instance IDs: leases by the copiers' logs, what interceptors have seen by theirs, openings by a capture of SYNs.
 * It tells how long after an interceptor had seen a newer lease of an ID its older holder opened something on it. One thread.
 */
final class FenceHistory {
    private static final String TIME = "^(\\S+) .*";
    private static final Pattern LEASED =
            Pattern.compile(TIME + "instance ID (\\d+) is leased(?: again)?, epoch (\\d+)");
    private static final Pattern SEEN =
            Pattern.compile(TIME + "Attached: pool \\S+, instance IDs \\[(.*?)\\], epochs \\[(.*?)\\],");

    private static final Pattern HEARD =
            Pattern.compile(TIME + "instance ID (\\d+) (?:has a newer lease|is another copier's by now)|" + TIME
                    + "the lease of instance ID (\\d+) was taken away");

    private final List<Lease> leases = new ArrayList<>();
    private final List<Sighting> sightings = new ArrayList<>();
    private final List<Heard> heards = new ArrayList<>();

    /** A copier leased an ID. */
    private record Lease(long ms, String copier, int id, long epoch) {}

    /** A copier heard that an ID is not its own any more. */
    private record Heard(long ms, String copier, int id) {}

    /** An interceptor heard of a lease. */
    private record Sighting(long ms, int id, long epoch) {}

    /** Somebody opened a connection under an ID, at a time in ms since the epoch. */
    record Opening(long ms, String copier, int id) {}

    /** Takes a copier's log; of a copier with several lives, each of its logs. */
    void copier(String name, String log) {
        for (String line : log.lines().toList()) {
            Matcher leased = LEASED.matcher(line);
            if (leased.find()) {
                leases.add(new Lease(
                        ms(leased.group(1)), name, Integer.parseInt(leased.group(2)), Long.parseLong(leased.group(3))));
            }
            Matcher heard = HEARD.matcher(line);
            if (heard.find()) {
                int of = heard.group(1) == null ? 3 : 1;
                heards.add(new Heard(ms(heard.group(of)), name, Integer.parseInt(heard.group(of + 1))));
            }
        }
    }

    /** Takes an interceptor's log. */
    void interceptor(String log) {
        for (String line : log.lines().toList()) {
            Matcher seen = SEEN.matcher(line);
            if (seen.find() && !seen.group(3).isEmpty()) {
                String[] ids = seen.group(2).split(", ", -1);
                String[] epochs = seen.group(3).split(", ", -1);
                for (int i = 0; i < ids.length; i++) {
                    sightings.add(new Sighting(ms(seen.group(1)), Integer.parseInt(ids[i]), Long.parseLong(epochs[i])));
                }
            }
        }
    }

    private static long ms(String time) {
        return LocalDateTime.parse(time)
                .atZone(ZoneId.systemDefault())
                .toInstant()
                .toEpochMilli();
    }

    /** Whether both copiers and interceptors were recorded: without either nobody could ever be late. */
    boolean isComplete() {
        return !leases.isEmpty() && !sightings.isEmpty();
    }

    /** How many leases, and how many sightings, were recorded. */
    String size() {
        return leases.size() + " leases, " + sightings.size() + " sightings";
    }

    /** IDs that more than one copier had, one after the other. */
    long contested() {
        Map<Integer, String> holders = new HashMap<>();
        return leases.stream()
                .filter(lease -> {
                    String before = holders.put(lease.id(), lease.copier());
                    return before != null && !before.equals(lease.copier());
                })
                .count();
    }

    /**
     * How long the first interceptor had known of a newer lease of the opening's ID, in ms; 0 when none had, or when the opener had the
     * newest itself.
     */
    long lateMs(Opening opening) {
        long own = leases.stream()
                .filter(lease -> lease.copier().equals(opening.copier())
                        && lease.id() == opening.id()
                        && lease.ms() <= opening.ms())
                .mapToLong(Lease::epoch)
                .max()
                .orElse(Long.MIN_VALUE);
        return sightings.stream()
                .filter(seen -> seen.id() == opening.id() && seen.epoch() > own && !isOwn(seen, opening.copier()))
                .mapToLong(seen -> opening.ms() - seen.ms())
                .max()
                .stream()
                .map(late -> Math.max(0, late))
                .sum();
    }

    /** How long its opener had known that the opening's ID was not its own any more, in ms; 0 when it was, or when it did not know. */
    long afterHearingMs(Opening opening) {
        long leased = leases.stream()
                .filter(lease -> isOf(opening, lease.copier(), lease.id(), lease.ms()))
                .mapToLong(Lease::ms)
                .max()
                .orElse(Long.MIN_VALUE);
        return heards.stream()
                .filter(heard -> isOf(opening, heard.copier(), heard.id(), heard.ms()) && heard.ms() >= leased)
                .mapToLong(heard -> opening.ms() - heard.ms())
                .max()
                .orElse(0);
    }

    private static boolean isOf(Opening opening, String copier, int id, long ms) {
        return opening.copier().equals(copier) && opening.id() == id && ms <= opening.ms();
    }

    /** How often a copier heard that an ID was not its own any more. */
    int heard() {
        return heards.size();
    }

    private boolean isOwn(Sighting seen, String copier) {
        return leases.stream()
                .anyMatch(lease -> lease.epoch() == seen.epoch()
                        && lease.id() == seen.id()
                        && lease.copier().equals(copier));
    }
}
