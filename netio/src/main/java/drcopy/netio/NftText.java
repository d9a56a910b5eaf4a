// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The nftables rules of {@link RouteDiversion} as input of {@code nft -f}: one transaction, one statement a line. */
final class NftText {
    private NftText() {}

    /**
     * Replaces the table of one family. Its chain comes after all others that may set marks, so that the last word is ours. UDP
     * is diverted with TCP: a copier may copy datagrams, and no answer may reach a client. Of ICMP, the errors about our packets are diverted too: they go where the responses would.
     * A second chain drops what was marked and is about to leave by a real device, because rule or route were taken away.
     */
    static String table(Selection selection, Collection<AddressRange> pass, String mark, boolean isIpv6) {
        String family = isIpv6 ? "ip6" : "ip";
        String address = isIpv6 ? "ipv6_addr" : "ipv4_addr";
        String divert = "meta mark set " + mark + " accept comment \"drcopy: divert\"";
        List<DivertedService> ours = selection.services().stream()
                .filter(service -> service.isIn(isIpv6))
                .toList();
        return String.join(
                "\n",
                "add table " + family + " drcopy",
                "delete table " + family + " drcopy",
                "table " + family + " drcopy {",
                set("pass", address, "flags interval; auto-merge;", passElements(pass, isIpv6)),
                set("vips", address, "", vipElements(selection, isIpv6)),
                set("services", address + " . inet_service", "", serviceElements(ours)),
                set("ports", "inet_service", "", portElements(ours)),
                "  chain output {",
                "    type route hook output priority 300; policy accept;",
                "    " + family + " daddr @pass return comment \"drcopy: pass\"",
                "    " + family + " saddr @vips " + divert,
                "    " + family + " saddr . th sport @services meta l4proto { tcp, udp } " + divert,
                "    th sport @ports meta l4proto { tcp, udp } " + divert,
                icmpErrors(ours, isIpv6, divert),
                "  }",
                "  chain stop {",
                "    type filter hook postrouting priority -300; policy accept;",
                "    meta mark " + mark + " oifname != { \"lo\", \"" + DeadEnd.DEVICE
                        + "\" } drop comment \"drcopy: no rule or route leads to the dead end\"",
                "  }",
                "}",
                "");
    }

    /** Matches "unreachable" about a TCP segment or a datagram, up to its destination port, in the packet that the error quotes. */
    private static String icmpErrors(List<DivertedService> services, boolean isIpv6, String divert) {
        String match = isIpv6
                ? "    icmpv6 type destination-unreachable @th,112,8 { 6, 17 } @th,400,16 "
                : "    icmp type destination-unreachable @th,136,8 { 6, 17 } @th,240,16 ";
        return services.stream()
                .map(DivertedService::port)
                .distinct()
                .map(port -> match + port + " " + divert)
                .collect(Collectors.joining("\n"));
    }

    /** Replaces the addresses of the pass set. */
    static String passSet(Collection<AddressRange> pass, boolean isIpv6) {
        String name = (isIpv6 ? "ip6" : "ip") + " drcopy pass";
        String elements = passElements(pass, isIpv6);
        return "flush set " + name + "\n"
                + (elements.isEmpty() ? "" : "add element " + name + " { " + elements + " }\n");
    }

    private static String set(String name, String type, String flags, String elements) {
        String members = elements.isEmpty() ? "" : " elements = { " + elements + " };";
        return "  set " + name + " { type " + type + "; " + flags + members + " }";
    }

    private static String passElements(Collection<AddressRange> pass, boolean isIpv6) {
        return pass.stream()
                .filter(range -> range.isIpv6() == isIpv6)
                .map(AddressRange::toString)
                .collect(Collectors.joining(", "));
    }

    private static String vipElements(Selection selection, boolean isIpv6) {
        return selection.whole().stream()
                .filter(vip -> vip.getAddress().length == 16 == isIpv6)
                .map(InetAddress::getHostAddress)
                .collect(Collectors.joining(", "));
    }

    private static String serviceElements(List<DivertedService> services) {
        return services.stream()
                .filter(service -> service.address().isPresent())
                .map(service -> service.address().get().getHostAddress() + " . " + service.port())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String portElements(List<DivertedService> services) {
        return services.stream()
                .filter(service -> service.address().isEmpty())
                .map(service -> "" + service.port())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
