// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Diversion by routing: nftables marks the responses, a policy rule routes marked packets into a device that leads nowhere,
 * whose outgoing packets {@link AfPacketSource} captures. To the server's TCP the packets are sent; a rule that drops them would
 * make it believe the contrary and stall. The order of set-up leaves no moment in which a marked packet finds no route of
 * ours: first the table with its unreachable default, then the device, the rule, and the marking last.
 */
final class RouteDiversion implements DiversionRules {
    static final int TABLE = 36524;
    private static final String MARK = "0x6472"; // "dr"
    private static final String PREFERENCE = "90";
    /** As the kernel's own, so that a network manager that starts again leaves rule and route alone. */
    private static final String PROTOCOL = "kernel";

    /** The parts of {@link #SNAPSHOT}, and a word that each must hold. */
    private static final String[][] PARTS = {
        {"device " + CAPTURE_DEVICE, "UP"},
        {"IPv4 rule for mark " + MARK, "fwmark"},
        {"IPv4 routes of table " + TABLE, "default dev " + CAPTURE_DEVICE},
        {"nftables table ip drcopy", "type route hook output"},
        {"IPv6 rule for mark " + MARK, "fwmark"},
        {"IPv6 routes of table " + TABLE, "default dev " + CAPTURE_DEVICE},
        {"nftables table ip6 drcopy", "type route hook output"},
    };

    private static final String BOUNDARY = "@@";
    private static final String SNAPSHOT = String.join(
            "; echo " + BOUNDARY + "; ",
            "ip -br link show " + CAPTURE_DEVICE,
            "ip rule show pref " + PREFERENCE,
            "ip route show table " + TABLE,
            "nft -s list table ip drcopy",
            "ip -6 rule show pref " + PREFERENCE,
            "ip -6 route show table " + TABLE,
            "nft -s list table ip6 drcopy");

    private final List<DivertedService> services;
    private List<AddressRange> pass;
    private boolean hasIpv6 = true;
    private List<String> installed = List.of();
    private final EgressFilters egress = new EgressFilters();
    private Selection selection;

    RouteDiversion(Collection<DivertedService> services, Collection<AddressRange> pass) {
        this.services = List.copyOf(services);
        this.pass = List.copyOf(pass);
        selection = new Selection(this.services, List.of(), List.of());
    }

    @Override
    public void install() {
        selection = Selection.of(services, HostAddresses.now());
        probe(NftText.table(selection, pass, MARK, false));
        hasIpv6 = Commands.attempt(List.of("ip", "-6", "rule", "show"), "").isSuccess();
        addFallback("-4");
        if (hasIpv6) {
            addFallback("-6");
        }
        DeadEnd.install();
        addRoutes();
        egress.install(selection, pass);
        addRule("-4");
        if (hasIpv6) {
            addRule("-6");
        }
        mark();
        QueueDiversion.removeChains();
        remember();
    }

    /** Replaces the tables of nftables in one transaction, so that the old marking ends when the new one begins. */
    private void mark() {
        String rules = NftText.table(selection, pass, MARK, false);
        if (hasIpv6) {
            rules += NftText.table(selection, pass, MARK, true);
        }
        Commands.require(List.of("nft", "-f", "-"), rules);
    }

    @Override
    public void repair() {
        mark();
        if (!verify().isEmpty()) {
            install();
        }
    }

    private static void probe(String rules) {
        Commands.Result result = Commands.attempt(List.of("nft", "-c", "-f", "-"), rules);
        if (!result.isSuccess()) {
            throw new DiversionException(
                    "this host cannot divert by route: nft -c -> exit " + result.exit() + ": "
                            + Commands.oneLine(result.output())
                            + "; it needs nftables with chains of 'type route' and CAP_NET_ADMIN; --mode nfqueue needs iptables only");
        }
    }

    private static void addFallback(String family) {
        Commands.run(
                "ip",
                family,
                "route",
                "replace",
                "unreachable",
                "default",
                "table",
                "" + TABLE,
                "metric",
                "9999",
                "proto",
                PROTOCOL);
    }

    private void addRoutes() {
        Commands.run("ip", "route", "replace", "default", "dev", CAPTURE_DEVICE, "table", "" + TABLE);
        if (hasIpv6) {
            Commands.attempt(List.of("sysctl", "-qw", "net.ipv6.conf." + CAPTURE_DEVICE + ".disable_ipv6=0"), "");
            Commands.run("ip", "-6", "route", "replace", "default", "dev", CAPTURE_DEVICE, "table", "" + TABLE);
        }
    }

    private static void addRule(String family) {
        String present = Commands.run("ip", "-d", family, "rule", "show", "pref", PREFERENCE);
        if (present.contains("fwmark " + MARK + " lookup " + TABLE + " proto " + PROTOCOL)) {
            return;
        }
        // One of an earlier release first: the kernel takes the same rule under another protocol for a double.
        List<String> rule = List.of("pref", PREFERENCE, "fwmark", MARK, "lookup", "" + TABLE, "protocol", PROTOCOL);
        Commands.untilItFails(ruleCommand(family, "del", rule.subList(0, 6)));
        Commands.require(ruleCommand(family, "add", rule), "");
    }

    private static List<String> ruleCommand(String family, String action, List<String> rule) {
        List<String> command = new ArrayList<>(List.of("ip", family, "rule", action));
        command.addAll(rule);
        return command;
    }

    /** Takes the state after an installation as what must stay, after a look that it is what we meant. */
    private void remember() {
        List<String> now = snapshot();
        for (int i = 0; i < partCount(); i++) {
            if (!now.get(i).contains(PARTS[i][1])) {
                throw new DiversionException(
                        PARTS[i][0] + " is not there after its installation: " + Commands.oneLine(now.get(i)));
            }
        }
        installed = now;
    }

    private int partCount() {
        return hasIpv6 ? PARTS.length : 4;
    }

    private static List<String> snapshot() {
        Commands.Result result = Commands.attempt(List.of("sh", "-c", SNAPSHOT), "");
        List<String> parts = new ArrayList<>(List.of(result.output().split("(?m)^" + BOUNDARY + "\n", -1)));
        while (parts.size() < PARTS.length) {
            parts.add("");
        }
        return parts;
    }

    @Override
    public List<String> verify() {
        List<String> faults = new ArrayList<>();
        List<String> now = snapshot();
        for (int i = 0; i < partCount(); i++) {
            if (installed.isEmpty() || !now.get(i).equals(installed.get(i))) {
                faults.add(PARTS[i][0] + (now.get(i).contains(PARTS[i][1]) ? " was changed" : " is missing"));
            }
        }
        faults.addAll(egress.verify());
        return faults;
    }

    @Override
    public List<String> follow() {
        List<String> followed = new ArrayList<>();
        if (!Selection.of(services, HostAddresses.now()).equals(selection)) {
            install();
            followed.add(selection.text());
        }
        egress.follow().forEach(device -> followed.add("packets that leave by " + device));
        return followed;
    }

    @Override
    public Set<String> unguarded() {
        return egress.bare();
    }

    @Override
    public String text() {
        return selection.text() + egress.text();
    }

    @Override
    public boolean isWatched() {
        return true;
    }

    @Override
    public void setPass(Collection<AddressRange> pass) {
        List<AddressRange> wanted = List.copyOf(pass);
        String commands = NftText.passSet(wanted, false) + (hasIpv6 ? NftText.passSet(wanted, true) : "");
        Commands.require(List.of("nft", "-f", "-"), commands);
        this.pass = wanted;
        egress.install(selection, wanted);
        rememberMarking();
    }

    /** Takes the tables of nftables, and nothing else, as what must stay. */
    private void rememberMarking() {
        List<String> now = snapshot();
        List<String> expected = new ArrayList<>(installed);
        for (int i = 0; i < expected.size(); i++) {
            if (PARTS[i][0].startsWith("nftables")) {
                expected.set(i, now.get(i));
            }
        }
        installed = expected;
    }

    /** Removes marking, rules and routes, in this order. */
    static void removeRouting() {
        for (String family : List.of("ip", "ip6")) {
            Commands.attempt(List.of("nft", "delete", "table", family, "drcopy"), "");
        }
        for (String family : List.of("-4", "-6")) {
            Commands.untilItFails(
                    ruleCommand(family, "del", List.of("pref", PREFERENCE, "fwmark", MARK, "lookup", "" + TABLE)));
            Commands.attempt(List.of("ip", family, "route", "flush", "table", "" + TABLE), "");
        }
    }

    /** Removes everything. */
    static void remove() {
        removeRouting();
        EgressFilters.remove();
        DeadEnd.remove();
        requireNothingLeft();
    }

    private static void requireNothingLeft() {
        List<String> left = new ArrayList<>();
        List<String> now = snapshot();
        for (int i = 0; i < PARTS.length; i++) {
            if (now.get(i).contains(PARTS[i][1])) {
                left.add(PARTS[i][0]);
            }
        }
        if (!left.isEmpty()) {
            throw new DiversionException("could not remove: " + String.join(", ", left));
        }
    }
}
