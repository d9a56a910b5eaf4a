// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Diversion by NFQUEUE: a chain of its own in iptables' mangle table, entered first from OUTPUT, hands the responses to the
 * queue that {@link NfQueueSource} reads and drops. Without bypass: when nobody reads, they are dropped as well. ICMP errors
 * from a diverted VIP are dropped; from a service on every address they are not, for they do not name it.
 */
final class QueueDiversion implements DiversionRules {
    private static final String CHAIN = "DRCOPY";
    private static final List<String> TOOLS4 = List.of("iptables", "iptables-legacy");
    private static final List<String> TOOLS6 = List.of("ip6tables", "ip6tables-legacy");
    private static final List<String> JUMP =
            List.of("OUTPUT", "!", "-o", "lo", "-m", "comment", "--comment", "drcopy", "-j", CHAIN);

    private final List<DivertedService> services;
    private final int queue;
    private List<AddressRange> pass;
    /** The program that works here, for IPv4 and then for IPv6, where there is one. */
    private List<String> tools = List.of();

    private List<String> installed = List.of();
    private final EgressFilters egress = new EgressFilters();
    private Selection selection;

    QueueDiversion(Collection<DivertedService> services, Collection<AddressRange> pass, int queue) {
        if (queue < 0 || queue > 65535) {
            throw new IllegalArgumentException("queue=" + queue + ": must be 0..65535");
        }
        this.services = List.copyOf(services);
        this.pass = List.copyOf(pass);
        this.queue = queue;
        selection = new Selection(this.services, List.of(), List.of());
    }

    @Override
    public void install() {
        selection = Selection.of(services, HostAddresses.now());
        List<String> chosen = new ArrayList<>();
        chosen.add(installFamily(TOOLS4, false));
        if (Commands.attempt(List.of("ip", "-6", "rule", "show"), "").isSuccess()) {
            chosen.add(installFamily(TOOLS6, true));
        }
        tools = List.copyOf(chosen);
        RouteDiversion.removeRouting();
        guardEgress();
        installed = tools.stream().map(QueueDiversion::listing).toList();
    }

    /** Where there is no dead end, the chain is the only line. */
    private void guardEgress() {
        try {
            DeadEnd.install();
        } catch (DiversionException e) {
            egress.renounce(e.getMessage());
            return;
        }
        egress.install(selection, pass);
    }

    private String installFamily(List<String> candidates, boolean isIpv6) {
        Commands.Result result = new Commands.Result(1, "");
        for (String tool : candidates) {
            result = Commands.attempt(List.of(tool + "-restore", "--noflush", "-w", "5"), chain(isIpv6));
            if (result.isSuccess()) {
                jumpFirst(tool);
                return tool;
            }
        }
        throw new DiversionException("this host cannot divert by nfqueue: " + candidates + "-restore -> exit "
                + result.exit() + ": " + Commands.oneLine(result.output())
                + "; it needs iptables with the NFQUEUE target and CAP_NET_ADMIN");
    }

    /** The whole chain, replaced in one step. */
    private String chain(boolean isIpv6) {
        StringBuilder text = new StringBuilder("*mangle\n:" + CHAIN + " - [0:0]\n");
        for (AddressRange range : pass) {
            if (range.isIpv6() == isIpv6) {
                text.append("-A ").append(CHAIN).append(" -d ").append(range).append(" -j RETURN\n");
            }
        }
        for (InetAddress vip : selection.whole()) {
            if (vip.getAddress().length == 16 == isIpv6) {
                text.append("-A ").append(CHAIN).append(" -s ").append(vip.getHostAddress());
                text.append(" -j NFQUEUE --queue-num ").append(queue).append('\n');
            }
        }
        String icmp = isIpv6 ? " -p icmpv6 --icmpv6-type " : " -p icmp --icmp-type ";
        for (DivertedService service : services) {
            if (!service.isIn(isIpv6)) {
                continue;
            }
            String from =
                    service.address().map(a -> " -s " + a.getHostAddress()).orElse("");
            for (String protocol : List.of("tcp", "udp")) {
                text.append("-A ").append(CHAIN).append(from);
                text.append(" -p ").append(protocol).append(" --sport ").append(service.port());
                text.append(" -j NFQUEUE --queue-num ").append(queue).append('\n');
            }
            if (!from.isEmpty()) {
                // Errors about our packets would go where the responses would.
                text.append("-A ").append(CHAIN).append(from).append(icmp).append("destination-unreachable -j DROP\n");
            }
        }
        return text.append("COMMIT\n").toString();
    }

    private static void jumpFirst(String tool) {
        List<Integer> places = jumpPlaces(tool);
        if (places.isEmpty() || places.get(0) != 1) {
            Commands.require(withJump(tool, "-I"), "");
            places = jumpPlaces(tool);
        }
        for (int i = places.size() - 1; i > 0; i--) {
            Commands.run(tool, "-w", "5", "-t", "mangle", "-D", "OUTPUT", "" + places.get(i));
        }
    }

    /** Numbers of the rules of OUTPUT that enter our chain. */
    private static List<Integer> jumpPlaces(String tool) {
        List<Integer> places = new ArrayList<>();
        int number = 0;
        for (String line :
                Commands.run(tool, "-w", "5", "-t", "mangle", "-S", "OUTPUT").split("\n", -1)) {
            if (line.startsWith("-A OUTPUT")) {
                number++;
                if (line.contains("-j " + CHAIN)) {
                    places.add(number);
                }
            }
        }
        return places;
    }

    private static List<String> withJump(String tool, String action) {
        List<String> command = new ArrayList<>(List.of(tool, "-w", "5", "-t", "mangle", action));
        command.addAll(JUMP);
        return command;
    }

    private static String listing(String tool) {
        String first = Commands.attempt(List.of(tool, "-w", "5", "-t", "mangle", "-S", "OUTPUT", "1"), "")
                .output();
        String chain = Commands.attempt(List.of(tool, "-w", "5", "-t", "mangle", "-S", CHAIN), "")
                .output();
        return first + chain;
    }

    @Override
    public List<String> verify() {
        List<String> faults = new ArrayList<>();
        for (int i = 0; i < tools.size(); i++) {
            String now = listing(tools.get(i));
            boolean isThere = now.contains("-j " + CHAIN) && now.contains("NFQUEUE");
            // A chain that was damaged while it was installed must not become what is expected.
            if (!isThere || !now.equals(installed.get(i))) {
                faults.add("chain " + CHAIN + " of " + tools.get(i) + (isThere ? " was changed" : " is missing"));
            }
        }
        faults.addAll(egress.verify());
        return tools.isEmpty() ? List.of("the iptables chain " + CHAIN + " is missing") : faults;
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
    public void repair() {
        install();
    }

    @Override
    public boolean isWatched() {
        return false; // iptables-legacy tells nothing
    }

    @Override
    public void setPass(Collection<AddressRange> pass) {
        this.pass = List.copyOf(pass);
        install();
    }

    /** Removes the chain and the jumps to it from every iptables of this host. */
    static void removeChains() {
        List<String> left = new ArrayList<>();
        for (String tool : List.of("iptables", "ip6tables", "iptables-legacy", "ip6tables-legacy")) {
            if (removeFrom(tool)) {
                left.add(tool);
            }
        }
        if (!left.isEmpty()) {
            throw new DiversionException("could not remove chain " + CHAIN + " of " + String.join(", ", left));
        }
    }

    private static boolean removeFrom(String tool) {
        boolean mayHaveChain = !tool.endsWith("-legacy") || hasLegacyTable(tool);
        if (!mayHaveChain || !hasChain(tool)) {
            return false;
        }
        Commands.untilItFails(withJump(tool, "-D"));
        Commands.attempt(List.of(tool, "-w", "5", "-t", "mangle", "-F", CHAIN), "");
        Commands.attempt(List.of(tool, "-w", "5", "-t", "mangle", "-X", CHAIN), "");
        return hasChain(tool);
    }

    private static boolean hasChain(String tool) {
        return Commands.attempt(List.of(tool, "-w", "5", "-t", "mangle", "-S", CHAIN), "")
                .isSuccess();
    }

    /** Asking the legacy tools would load their modules; the kernel lists the tables that are there. */
    private static boolean hasLegacyTable(String tool) {
        String names = tool.startsWith("ip6") ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names";
        return Commands.attempt(List.of("grep", "-qs", "mangle", names), "").isSuccess();
    }
}
