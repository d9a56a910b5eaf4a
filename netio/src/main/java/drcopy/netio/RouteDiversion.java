// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

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
    private static final String MTU = "65535";

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

    RouteDiversion(Collection<DivertedService> services, Collection<AddressRange> pass) {
        this.services = List.copyOf(services);
        this.pass = List.copyOf(pass);
    }

    @Override
    public void install() {
        probe(NftText.table(services, pass, MARK, false));
        hasIpv6 = Commands.attempt(List.of("ip", "-6", "rule", "show"), "").isSuccess();
        addFallback("-4");
        if (hasIpv6) {
            addFallback("-6");
        }
        addDevice();
        addRule("-4");
        if (hasIpv6) {
            addRule("-6");
        }
        mark();
        QueueDiversion.remove();
        remember();
    }

    /** Replaces the tables of nftables in one transaction, so that the old marking ends when the new one begins. */
    private void mark() {
        String rules = NftText.table(services, pass, MARK, false);
        if (hasIpv6) {
            rules += NftText.table(services, pass, MARK, true);
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
        Commands.run("ip", family, "route", "replace", "unreachable", "default", "table", "" + TABLE, "metric", "9999");
    }

    private void addDevice() {
        Commands.Result existing = Commands.attempt(List.of("ip", "-d", "link", "show", CAPTURE_DEVICE), "");
        if (!existing.isSuccess()) {
            createDevice();
        } else if (!existing.output().contains(" ifb ") && !existing.output().contains(" dummy ")) {
            throw new DiversionException("device " + CAPTURE_DEVICE
                    + " exists and is neither dummy nor ifb: rename it; the diversion needs this name");
        }
        Commands.run("ip", "link", "set", CAPTURE_DEVICE, "mtu", MTU, "alias", "drcopy: diverted responses end here");
        // No IPv6 address of its own, hence no neighbour discovery on it.
        Commands.attempt(List.of("ip", "link", "set", CAPTURE_DEVICE, "addrgenmode", "none"), "");
        Commands.run("ip", "link", "set", CAPTURE_DEVICE, "up");
        Commands.run("ip", "route", "replace", "default", "dev", CAPTURE_DEVICE, "table", "" + TABLE);
        if (hasIpv6) {
            Commands.attempt(List.of("sysctl", "-qw", "net.ipv6.conf." + CAPTURE_DEVICE + ".disable_ipv6=0"), "");
            Commands.run("ip", "-6", "route", "replace", "default", "dev", CAPTURE_DEVICE, "table", "" + TABLE);
        }
    }

    /** A dummy where the kernel has it, else an ifb: both take packets whole and let none out. */
    private static void createDevice() {
        Commands.Result result = new Commands.Result(1, "");
        for (String kind : List.of("dummy", "ifb")) {
            // Without a queue, so that nothing waits or is lost there.
            List<String> add = List.of("ip", "link", "add", CAPTURE_DEVICE, "txqueuelen", "0", "type", kind);
            result = Commands.attempt(add, "");
            if (result.isSuccess()) {
                return;
            }
        }
        throw new DiversionException("this kernel has neither dummy nor ifb devices to divert into: "
                + Commands.oneLine(result.output()) + "; --mode nfqueue needs none");
    }

    private static void addRule(String family) {
        if (!Commands.run("ip", family, "rule", "show", "pref", PREFERENCE)
                .contains("fwmark " + MARK + " lookup " + TABLE)) {
            Commands.run("ip", family, "rule", "add", "pref", PREFERENCE, "fwmark", MARK, "lookup", "" + TABLE);
        }
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
        return faults;
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

    /** Removes everything, marking first. */
    static void remove() {
        for (String family : List.of("ip", "ip6")) {
            Commands.attempt(List.of("nft", "delete", "table", family, "drcopy"), "");
        }
        for (String family : List.of("-4", "-6")) {
            List<String> delete =
                    List.of("ip", family, "rule", "del", "pref", PREFERENCE, "fwmark", MARK, "lookup", "" + TABLE);
            Commands.untilItFails(delete);
            Commands.attempt(List.of("ip", family, "route", "flush", "table", "" + TABLE), "");
        }
        if (Commands.attempt(List.of("ip", "-d", "link", "show", CAPTURE_DEVICE), "")
                .output()
                .contains("alias drcopy:")) {
            Commands.attempt(List.of("ip", "link", "del", CAPTURE_DEVICE), "");
        }
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
