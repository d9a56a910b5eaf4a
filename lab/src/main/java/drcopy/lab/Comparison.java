// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the real servers got of what online got, as multisets of client address, method and URI. Request ids are unique, so the
 * client port is no part of it: a replica takes another one where the client's own is still in use.
 *
 * @param online requests that online got
 * @param delivered requests of online's that a real server got, each once
 * @param duplicates requests that the real servers got more often than online did
 * @param foreign requests at real servers that online never got, broken ones included
 * @param broken requests at real servers with a status other than online's: 400, 408 and the like
 * @param share requests at each real server
 * @param missing up to six requests of online's that no real server got
 * @param strange up to six duplicates and foreign ones
 */
public record Comparison(
        long online,
        long delivered,
        long duplicates,
        long foreign,
        long broken,
        Map<String, Long> share,
        List<String> missing,
        List<String> strange) {
    private static final int SAMPLES = 6;

    /** Compares logs. */
    public static Comparison of(List<AccessLog.Line> online, Map<String, List<AccessLog.Line>> servers) {
        Map<String, int[]> wanted = new HashMap<>(); // request -> times online got it, times the servers did
        for (AccessLog.Line line : online) {
            wanted.computeIfAbsent(key(line), k -> new int[2])[0]++;
        }
        Tally tally = new Tally();
        Map<String, Long> share = new LinkedHashMap<>();
        servers.forEach((server, lines) -> {
            share.put(server, (long) lines.size());
            lines.forEach(line -> tally.take(server, line, wanted.get(key(line))));
        });
        wanted.forEach(tally::settle);
        return new Comparison(
                online.size(),
                tally.delivered,
                tally.duplicates,
                tally.foreign,
                tally.broken,
                share,
                tally.missing,
                tally.strange);
    }

    private static String key(AccessLog.Line line) {
        String address = line.client().substring(0, line.client().lastIndexOf(':'));
        return address + " " + line.method() + " " + line.uri();
    }

    /** Nothing missing, nothing twice, nothing foreign, nothing broken. */
    public boolean isWhole() {
        return delivered == online && duplicates == 0 && foreign == 0 && broken == 0;
    }

    /** Delivered share with two decimals, rounded down: 100.00 means all. */
    public String percent() {
        long hundredths = online == 0 ? 0 : delivered * 10_000 / online;
        return String.format(Locale.ROOT, "%d.%02d", hundredths / 100, hundredths % 100);
    }

    @Override
    public String toString() {
        return "online " + online + ", delivered " + delivered + " (" + percent() + " %), duplicates " + duplicates
                + ", foreign " + foreign + ", broken " + broken + ", share " + share
                + (missing.isEmpty() ? "" : ", missing " + missing)
                + (strange.isEmpty() ? "" : ", strange " + strange);
    }

    /** The sums while they grow. */
    private static final class Tally {
        private long delivered;
        private long duplicates;
        private long foreign;
        private long broken;
        private final List<String> missing = new ArrayList<>();
        private final List<String> strange = new ArrayList<>();

        void take(String server, AccessLog.Line line, int[] times) {
            if (line.status() == 400 || line.status() == 408) {
                broken++;
            }
            if (times == null) {
                foreign++;
                note(strange, server + " " + line.status() + " " + key(line));
            } else {
                times[1]++;
            }
        }

        void settle(String request, int[] times) {
            delivered += Math.min(times[0], times[1]);
            duplicates += Math.max(0, times[1] - times[0]);
            if (times[1] < times[0]) {
                note(missing, request);
            }
            if (times[1] > times[0]) {
                note(strange, "twice: " + request);
            }
        }

        private static void note(List<String> list, String text) {
            if (list.size() < SAMPLES) {
                list.add(text);
            }
        }
    }
}
