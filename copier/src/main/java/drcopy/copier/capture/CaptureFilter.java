// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Protocols;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.wire.Addresses;
import java.util.List;
import java.util.stream.Stream;

/**
 * Builds the text of the kernel's capture filter (pcap-filter(7)): TCP, and UDP where it is wanted, toward the online side of the transfers, in the address
 * families that can be replayed, and never toward a target, so that replicas which this host receives itself are not copied
 * again. Where a packet does not show its port in the usual place, its address decides: fragments, and IPv6 behind extension headers.
 */
public final class CaptureFilter {
    private CaptureFilter() {}

    /** The filter for these transfers. */
    public static String of(Transfers transfers, ClientAddresses clients, Protocols protocols) {
        List<String> wanted = transfers.list().stream()
                .map(t -> online(t, clients))
                .distinct()
                .toList();
        List<String> unwanted = transfers.list().stream()
                .filter(t -> transfers.find(
                                t.target().hi(), t.target().lo(), t.target().port())
                        != null)
                .map(CaptureFilter::notTarget)
                .distinct()
                .toList();
        List<String> hidden = transfers.list().stream()
                .flatMap(t -> hidden(t, clients, protocols))
                .distinct()
                .toList();
        return "(" + protocols.filter() + " and (" + String.join(" or ", wanted) + ") or " + String.join(" or ", hidden)
                + ")" + String.join("", unwanted);
    }

    /** Behind its first fragment, and in IPv6 behind extension headers, no port can be seen by a filter. */
    private static Stream<String> hidden(Transfer transfer, ClientAddresses clients, Protocols protocols) {
        boolean isBoth = transfer.anyOnline() && !clients.isEmpty();
        String host =
                transfer.anyOnline() ? "" : " and dst host " + Addresses.text(transfer.onlineHi(), transfer.onlineLo());
        boolean isIpv4 =
                transfer.anyOnline() ? transfer.isIpv4() : Addresses.isIpv4(transfer.onlineHi(), transfer.onlineLo());
        String fragments = "(" + protocols.ipv4Filter() + " and ip[6:2] & 0x3fff != 0" + host + ")";
        String extended = "(ip6" + host + " and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60))";
        return isBoth ? Stream.of(fragments, extended) : Stream.of(isIpv4 ? fragments : extended);
    }

    private static String online(Transfer transfer, ClientAddresses clients) {
        String port = "dst port " + transfer.onlinePort();
        if (!transfer.anyOnline()) {
            return "(dst host " + Addresses.text(transfer.onlineHi(), transfer.onlineLo()) + " and " + port + ")";
        }
        if (clients.isEmpty()) {
            return "(" + (transfer.isIpv4() ? "ip" : "ip6") + " and " + port + ")";
        }
        return "(" + port + ")";
    }

    /**
     * The filter for what online says when it has prepared a MySQL statement, in packets on their way to clients: a packet of 12
     * bytes with number 1 and status 0 at the beginning of a segment.
     */
    public static String ofPrepared(List<Transfer> transfers) {
        return "tcp and ("
                + String.join(
                        " or ",
                        transfers.stream()
                                .map(CaptureFilter::prepared)
                                .distinct()
                                .toList())
                + ")";
    }

    private static String prepared(Transfer transfer) {
        String from = "src port " + transfer.onlinePort();
        if (!transfer.anyOnline()) {
            from += " and src host " + Addresses.text(transfer.onlineHi(), transfer.onlineLo());
        }
        String answer = transfer.isIpv4() ? prepared("ip", "tcp", 0) : prepared("ip6", "ip6", 40);
        return "(" + from + " and " + answer + ")";
    }

    private static String prepared(String family, String from, int tcp) {
        String payload = "((" + from + "[" + (tcp + 12) + "] & 0xf0) >> 2)";
        String at = tcp == 0 ? payload : tcp + " + " + payload;
        return "(" + family + " and " + from + "[" + at + ":4] = 0x0c000001 and " + from + "[" + at + " + 4] = 0)";
    }

    private static String notTarget(Transfer transfer) {
        return " and not (dst host "
                + Addresses.text(transfer.target().hi(), transfer.target().lo()) + " and dst port "
                + transfer.target().port() + ")";
    }
}
