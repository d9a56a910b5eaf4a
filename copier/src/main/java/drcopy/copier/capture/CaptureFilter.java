// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.wire.Addresses;
import java.util.List;

/**
 * Builds the text of the kernel's capture filter (pcap-filter(7)): TCP toward the online side of the transfers, in the address
 * families that can be replayed, and never toward a target, so that replicas which this host receives itself are not copied
 * again.
 */
public final class CaptureFilter {
    private CaptureFilter() {}

    /** The filter for these transfers. */
    public static String of(Transfers transfers, ClientAddresses clients) {
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
        return "tcp and (" + String.join(" or ", wanted) + ")" + String.join("", unwanted);
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

    private static String notTarget(Transfer transfer) {
        return " and not (dst host "
                + Addresses.text(transfer.target().hi(), transfer.target().lo()) + " and dst port "
                + transfer.target().port() + ")";
    }
}
