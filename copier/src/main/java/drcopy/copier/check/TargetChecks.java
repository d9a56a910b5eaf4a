// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.agent.Finding;
import drcopy.copier.config.Transfer;
import drcopy.wire.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.channels.DatagramChannel;

/** Looks at the way to a target, by connecting a datagram socket: the kernel looks up the route and sends nothing. */
final class TargetChecks {
    private TargetChecks() {}

    static Finding of(Transfer transfer, int mtu) {
        InetAddress target =
                Addresses.inetAddress(transfer.target().hi(), transfer.target().lo());
        String subject = "target "
                + Addresses.text(
                        transfer.target().hi(),
                        transfer.target().lo(),
                        transfer.target().port());
        try {
            if (!target.isLoopbackAddress() && NetworkInterface.getByInetAddress(target) != null) {
                return Finding.fail(
                        subject,
                        "is an address of this host, which would answer itself",
                        "name another host, or take the address off this one (ip addr del)");
            }
            NetworkInterface device = deviceToward(target, transfer.target().port());
            if (device == null) {
                return Finding.fail(subject, "no device leads there", "add a route (ip route add)");
            }
            int available = device.getMTU();
            if (available < mtu) {
                return Finding.fail(
                        subject,
                        "goes out of " + device.getName() + ", whose MTU " + available + " is under --mtu " + mtu,
                        "give --mtu " + available);
            }
            return Finding.ok(subject, "goes out of " + device.getName() + ", MTU " + available);
        } catch (IOException e) {
            return Finding.fail(subject, "no route: " + e.getMessage(), "add a route (ip route add)");
        }
    }

    private static NetworkInterface deviceToward(InetAddress target, int port) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(new InetSocketAddress(target, port));
            InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
            return NetworkInterface.getByInetAddress(local.getAddress());
        }
    }
}
