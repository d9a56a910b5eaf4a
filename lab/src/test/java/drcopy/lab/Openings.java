// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * First SYNs of the replicas of {@link PoolFaults}, by who sent them (the MSS tells) and under which ID (the distance from a client's
 * port tells). One thread.
 */
final class Openings {
    private static final int VIP = 0xc61201c8;
    private static final int IDS = 16;

    /** When a client's address and port opened something last. */
    private final Map<Long, Long> clients = new HashMap<>();

    private final Set<String> opened = new HashSet<>();
    private final List<FenceHistory.Opening> openings = new ArrayList<>();

    List<FenceHistory.Opening> of(Capture capture) {
        capture.read((ns, isOutgoing, length, packet) -> {
            int tcp = 4 * (packet.get(0) & 15);
            long client = (packet.getInt(12) & 0xffffffffL) << 16;
            int port = packet.getShort(tcp) & 0xffff;
            if (packet.getInt(16) != VIP) {
                clients.put(client | port, ns);
            } else if (isOutgoing && opened.add(client + ":" + port + ":" + packet.getInt(tcp + 4))) {
                opening(ns / 1_000_000, client, port, mss(packet, tcp) < PoolFaults.MTU_OF_SECOND ? "second" : "first");
            }
        });
        return openings;
    }

    /** Of the client ports it may belong to, it is the one that opened something last. */
    private void opening(long ms, long client, int port, String copier) {
        int found = -1;
        long last = Long.MIN_VALUE;
        for (int id = 0; id < IDS; id++) {
            int shift = 63 * (Integer.reverse(id) >>> 22);
            int before = 1024 + Math.floorMod(port - 1024 - shift, 64_512);
            long at = clients.getOrDefault(client | before, Long.MIN_VALUE);
            if (at > last) {
                last = at;
                found = id;
            }
        }
        if (found >= 0) {
            openings.add(new FenceHistory.Opening(ms, copier, found));
        }
    }

    /** The MSS of a SYN whose TCP header begins there; 0 without one. */
    static int mss(ByteBuffer packet, int tcp) {
        int end = tcp + 4 * (packet.get(tcp + 12) >> 4 & 15);
        for (int at = tcp + 20; at + 4 <= end; ) {
            int kind = packet.get(at);
            if (kind == 2) {
                return packet.getShort(at + 2) & 0xffff;
            }
            at += kind == 1 ? 1 : Math.max(2, packet.get(at + 1));
        }
        return 0;
    }
}
