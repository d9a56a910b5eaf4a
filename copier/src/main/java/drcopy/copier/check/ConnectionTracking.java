// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.agent.Finding;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the kernel keeps an entry for each connection that leaves this host, and so for each replica. It does when any rule, of
 * either family, asks for it; what tells is that a datagram over the loopback, which leaves nothing else behind, got an entry.
 * Stateless.
 */
final class ConnectionTracking {
    private static final Path ENTRIES = Path.of("/proc/sys/net/netfilter/nf_conntrack_count");
    private static final Path MOST = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
    private static final String[] LOOPBACKS = {"127.0.0.1", "::1"};

    private ConnectionTracking() {}

    /** @param device {@code --device}, or null */
    static Finding look(String device) {
        if (device != null) {
            return verdict(device, 0, 0);
        }
        for (String loopback : LOOPBACKS) {
            sendToOneself(loopback);
        }
        return verdict(null, number(ENTRIES), number(MOST));
    }

    /** @param entries that there are; 0 right after something was sent means that nothing is tracked */
    static Finding verdict(String device, long entries, long most) {
        String subject = "connection tracking";
        if (device != null) {
            return Finding.ok(subject, "frames out of " + device + " go past it");
        }
        if (entries == 0) {
            return Finding.ok(subject, "off: replicas leave no entries");
        }
        return Finding.note(
                subject,
                "on, " + entries + " of " + most
                        + " entries taken: every replica takes one more and a fifth more CPU per"
                        + " packet, and when the table is full the kernel refuses its packets (EPERM) and those of this"
                        + " host's service",
                "exempt the target: nft add rule ip raw output ip daddr TARGET tcp dport PORT notrack");
    }

    private static void sendToOneself(String loopback) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(loopback), 0))) {
            socket.send(new DatagramPacket(new byte[1], 1, socket.getLocalSocketAddress()));
        } catch (IOException e) {
            // Without this family, or kept from sending: there are no entries of it, or they are there already.
            return;
        }
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            return 0; // a kernel without it
        }
    }
}
