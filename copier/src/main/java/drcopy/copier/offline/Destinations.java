// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.wire.Addresses;
import drcopy.wire.IpPacket;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where TCP connections of a file go to, so that a mistaken transfer can be seen. Bounded. Owned by one thread. */
final class Destinations {
    private static final int MOST = 4_096;
    private static final int SHOWN = 6;

    private final Map<Service, long[]> services = new HashMap<>();

    private record Service(long hi, long lo, int port) {}

    /** Notes a TCP packet. */
    void note(IpPacket packet) {
        int flags = TcpHeader.flags(packet.buffer(), packet.tcpOffset());
        boolean opens = TcpFlags.any(flags, TcpFlags.SYN) && !TcpFlags.any(flags, TcpFlags.ACK);
        Service service = new Service(packet.destinationHi(), packet.destinationLo(), packet.destinationPort());
        long[] counts = services.get(service);
        if (counts == null) {
            if (services.size() >= MOST) {
                return;
            }
            counts = new long[2];
            services.put(service, counts);
        }
        counts[0] += opens ? 1 : 0;
        counts[1]++;
    }

    /** A clause: the services that most connections go to; or, when none opens, those that most packets go to. */
    String text() {
        if (services.isEmpty()) {
            return "there is no TCP packet in it";
        }
        boolean anyOpens = services.values().stream().anyMatch(counts -> counts[0] > 0);
        int by = anyOpens ? 0 : 1;
        List<String> most = services.entrySet().stream()
                .filter(entry -> entry.getValue()[by] > 0)
                .sorted(Comparator.comparingLong(entry -> -entry.getValue()[by]))
                .limit(SHOWN)
                .map(entry -> address(entry.getKey()) + " (" + entry.getValue()[by] + ")")
                .toList();
        return (anyOpens ? "its connections go to " : "its TCP packets go to ") + String.join(", ", most);
    }

    private static String address(Service service) {
        return Addresses.text(service.hi, service.lo, service.port);
    }
}
