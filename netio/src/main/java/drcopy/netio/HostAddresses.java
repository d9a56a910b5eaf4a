// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The addresses of this host at one moment. Immutable.
 *
 * @param all every address but those of the loopback network
 * @param aside those on {@code lo} or a dummy: where a real server keeps its VIPs
 * @param sources those from which this host itself speaks, by its default routes
 */
record HostAddresses(Set<InetAddress> all, Set<InetAddress> aside, Set<InetAddress> sources) {
    private static final String BOUNDARY = "@@";
    /** RFC 5737, RFC 3849: nobody is there, so the default route leads there. */
    private static final String QUERY = String.join(
            "; echo " + BOUNDARY + "; ",
            "ip -o addr show 2>/dev/null",
            "ip -o -d link show 2>/dev/null",
            "ip -4 -o route get 192.0.2.1 2>/dev/null; ip -6 -o route get 2001:db8:ffff::1 2>/dev/null");

    private static final Pattern ADDRESS = Pattern.compile("(?m)^\\d+: (\\S+) +inet6? ([0-9a-fA-F.:]+)");
    private static final Pattern DUMMY = Pattern.compile("(?m)^\\d+: ([^:@\\s]+).*\\\\\\s+dummy ");
    private static final Pattern SOURCE = Pattern.compile(" src ([0-9a-fA-F.:]+)");

    /** Looks now. */
    static HostAddresses now() {
        String output = Commands.attempt(List.of("sh", "-c", QUERY), "").output();
        List<String> parts = Arrays.asList(output.split("(?m)^" + BOUNDARY + "\n", -1));
        return parts.size() < 3
                ? new HostAddresses(Set.of(), Set.of(), Set.of())
                : of(parts.get(0), parts.get(1), parts.get(2));
    }

    /** Reads what {@code ip -o addr}, {@code ip -o -d link} and {@code ip -o route get} print. */
    static HostAddresses of(String addresses, String links, String routes) {
        Set<InetAddress> aside = addresses(addresses, "lo");
        // Not "ip addr show type dummy": a kernel that has not loaded dummy lists every device.
        DUMMY.matcher(links).results().forEach(link -> aside.addAll(addresses(addresses, link.group(1))));
        Set<InetAddress> sources = SOURCE.matcher(routes)
                .results()
                .map(match -> AddressRange.parseAddress(match.group(1)))
                .collect(Collectors.toSet());
        return new HostAddresses(addresses(addresses, ""), aside, sources);
    }

    /** Addresses on the device of this name, or on all. */
    private static Set<InetAddress> addresses(String lines, String device) {
        return ADDRESS.matcher(lines)
                .results()
                .filter(match -> device.isEmpty() || match.group(1).equals(device))
                .map(match -> AddressRange.parseAddress(match.group(2)))
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .collect(Collectors.toSet());
    }

    /**
     * True for a VIP, which serves clients and nothing else: it is on {@code lo} or a dummy, this host does not speak from it of its own
     * accord, and it has another address of that family to live by.
     */
    boolean isVirtual(InetAddress address) {
        return aside.contains(address)
                && !sources.contains(address)
                && all.stream()
                        .anyMatch(other ->
                                !aside.contains(other) && other.getAddress().length == address.getAddress().length);
    }

    /** True when this host has it. */
    boolean has(InetAddress address) {
        return all.contains(address);
    }
}
