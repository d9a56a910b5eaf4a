// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The second line of defence: traffic control on every device through which packets leave redirects what is diverted into the dead end. It
 * asks neither nftables nor a routing rule, so it holds when they are flushed. All filters share one action: when the dead end is
 * removed, the action drops (net/sched/act_mirred.c), and once it points to a new one, all filters do. Owned by one thread.
 */
final class EgressFilters {
    /** Of the action. */
    private static final int INDEX = RouteDiversion.TABLE;

    private static final String ACTION = "action mirred egress redirect dev " + DeadEnd.DEVICE + " index " + INDEX;
    /** Filters are replaced by others at the other preference, which are complete before the former go. */
    private static final int[] PREFERENCES = {90, 92};

    private static final int ACTION_TRIES = 100;
    /** Others may take filters away while they are put there. */
    private static final int TRIES = 3;

    /** No device lists this. */
    private static final String UNKNOWN = "?";

    private static final Pattern NUMBERS =
            Pattern.compile(" pref \\d+| fh \\S+| key ht \\S+| order \\d+| ref \\d+ bind \\d+|(?m)^\\s*\n");
    private static final Pattern CLSACT = Pattern.compile("(?m)^qdisc clsact \\S+ dev (\\S+) ");
    private static final Pattern LINK = Pattern.compile("(?m)^\\d+: ([^:@\\s]+)");

    /** Null without filters. */
    private Selection selection;

    private List<AddressRange> pass = List.of();
    private Set<String> guarded = new TreeSet<>();
    private Set<String> bare = new TreeSet<>();
    /** What each guarded device must list. */
    private String listing = "";

    private String obstacle = "";

    /** Puts the filters on every device in place of those that are there; the dead end must be there. Does what this kernel can. */
    void install(Selection wanted, Collection<AddressRange> passed) {
        selection = wanted;
        pass = List.copyOf(passed);
        Commands.Result action = Commands.attempt(command("tc actions replace " + ACTION), "");
        Set<String> all = devices();
        Set<String> devices = withHook(all);
        boolean isFirstInUse = show(devices).contains(" pref " + (PREFERENCES[0] + 1) + " ");
        int next = PREFERENCES[isFirstInUse ? 1 : 0];
        int former = PREFERENCES[isFirstInUse ? 0 : 1];
        Set<String> complete = new TreeSet<>();
        for (int tries = 0; tries < TRIES && complete.size() < devices.size(); tries++) {
            Set<String> left = new TreeSet<>(devices);
            left.removeAll(complete);
            obstacle = complaint(batch(left, device -> add(device, next)).output());
            left.stream()
                    .filter(device -> isComplete(show(Set.of(device)), next))
                    .forEach(complete::add);
        }
        if (!action.isSuccess()) {
            obstacle = Commands.oneLine(action.output());
        } else if (devices.size() < all.size()) {
            obstacle = "another qdisc has its hook (tc qdisc show)";
        }
        batch(complete, device -> removal(device, former));
        guarded = complete;
        bare = all;
        bare.removeAll(complete);
        // What somebody has damaged meanwhile must not become what is expected.
        listing = complete.stream()
                .map(device -> show(Set.of(device)))
                .filter(shown -> isComplete(shown, next))
                .findFirst()
                .map(EgressFilters::normal)
                .orElse(UNKNOWN);
    }

    /** What tc says that it does not say of a clsact that is there and of filters that are not. */
    private static String complaint(String output) {
        return output.lines()
                .filter(line -> !line.startsWith("Command failed") && !line.startsWith("We have an error"))
                .filter(line -> !line.contains("Cannot find specified filter chain"))
                .findFirst()
                .orElse("");
    }

    /**
     * Devices that have the hook by now. One whose ingress qdisc was there before has not: filters that are added to its egress the kernel
     * takes without a word, and applies to what comes in.
     */
    private static Set<String> withHook(Set<String> devices) {
        batch(devices, device -> List.of("qdisc add dev " + device + " clsact"));
        Set<String> ready = CLSACT.matcher(
                        Commands.attempt(command("tc qdisc show"), "").output())
                .results()
                .map(line -> line.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        ready.retainAll(devices);
        return ready;
    }

    /** There will be no filters, for this reason. */
    void renounce(String reason) {
        selection = null;
        guarded = new TreeSet<>();
        bare = devices();
        obstacle = reason;
    }

    private List<String> add(String device, int preference) {
        List<String> lines = new ArrayList<>(removal(device, preference));
        lines.addAll(EgressText.filters(selection, pass, device, preference, ACTION));
        return lines;
    }

    private static List<String> removal(String device, int preference) {
        String filters = "filter del dev " + device + " egress pref ";
        return List.of(filters + (preference + 1), filters + preference);
    }

    private boolean isComplete(String shown, int preference) {
        long diverting = shown.lines()
                .filter(line -> line.contains(" pref " + (preference + 1) + " ") && line.contains(" terminal "))
                .count();
        return diverting == EgressText.diverting(selection);
    }

    /** Puts the filters on devices that have come since; their names. */
    Set<String> follow() {
        if (selection == null) {
            return Set.of();
        }
        Set<String> come = devices();
        guarded.retainAll(come);
        bare.retainAll(come);
        come.removeAll(guarded);
        come.removeAll(bare);
        if (!come.isEmpty()) {
            install(selection, pass);
        }
        return come;
    }

    /** What is missing or was changed, a clause each. */
    List<String> verify() {
        Set<String> there = devices();
        there.retainAll(guarded);
        if (normal(show(there)).equals(listing.repeat(there.size()))) {
            return List.of();
        }
        there.retainAll(devices());
        return there.stream()
                .filter(device -> !listing(device).equals(listing))
                .map(device -> "egress filters of " + device
                        + (listing(device).contains(DeadEnd.DEVICE) ? " were changed" : " are missing"))
                .toList();
    }

    /** Devices that cannot have them. */
    Set<String> bare() {
        return Set.copyOf(bare);
    }

    /** A clause for the log. */
    String text() {
        String second = guarded.isEmpty() ? "" : ", a second time on the way out of " + String.join(", ", guarded);
        return bare.isEmpty()
                ? second
                : second + "; no second line of defence on " + String.join(", ", bare) + ": " + obstacle;
    }

    /** Takes the filters off every device. */
    static void remove() {
        Set<String> devices = devices();
        for (int preference : PREFERENCES) {
            batch(devices, device -> removal(device, preference));
        }
        devices.stream().filter(device -> show(Set.of(device)).isBlank()).forEach(EgressFilters::removeEmptyClsact);
        if (!removeAction() || show(devices).contains(" to device " + DeadEnd.DEVICE)) {
            throw new DiversionException("could not remove: egress filters");
        }
    }

    /** The kernel ends a filter's hold on it a moment after the filter has gone (net/sched/cls_u32.c, u32_delete_key_work). */
    private static boolean removeAction() {
        boolean isGone = false;
        for (int tries = 0; tries < ACTION_TRIES && !isGone; tries++) {
            Commands.attempt(command("tc actions del action mirred index " + INDEX), "");
            isGone = !Commands.attempt(command("tc actions get action mirred index " + INDEX), "")
                    .isSuccess();
        }
        return isGone;
    }

    /** A qdisc that holds filters of others stays. */
    private static void removeEmptyClsact(String device) {
        if (Commands.attempt(command("tc filter show dev " + device + " ingress"), "")
                .output()
                .isBlank()) {
            Commands.attempt(command("tc qdisc del dev " + device + " clsact"), "");
        }
    }

    /** Devices through which packets may leave this host. */
    private static Set<String> devices() {
        Matcher names =
                LINK.matcher(Commands.attempt(command("ip -o link show"), "").output());
        Set<String> devices = names.results().map(link -> link.group(1)).collect(Collectors.toCollection(TreeSet::new));
        devices.removeAll(Set.of("lo", DeadEnd.DEVICE, DeadEnd.FAR_END));
        return devices;
    }

    private String listing(String device) {
        return normal(show(Set.of(device)));
    }

    private static String show(Set<String> devices) {
        return batch(devices, device -> List.of("filter show dev " + device + " egress"))
                .output();
    }

    /** Without what differs from device to device. */
    private static String normal(String shown) {
        return NUMBERS.matcher(shown).replaceAll("");
    }

    private static Commands.Result batch(Set<String> devices, Function<String, List<String>> lines) {
        String input = devices.stream()
                .flatMap(device -> lines.apply(device).stream())
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        return Commands.attempt(command("tc -force -batch -"), input);
    }

    private static List<String> command(String words) {
        return List.of(words.split(" ", -1));
    }
}
