// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.member;

import drcopy.agent.ConfigException;
import drcopy.agent.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.Set;

/** Under which address others know this host. Stateless. */
public final class OwnAddress {
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private OwnAddress() {}

    /**
     * The address this host talks to another from: the kernel looks up the route and sends nothing.
     *
     * @throws ConfigException when the other is unknown or no route leads there
     */
    public static String toward(HostPort other) {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(new InetSocketAddress(other.host(), other.port()));
            String address =
                    ((InetSocketAddress) channel.getLocalAddress()).getAddress().getHostAddress();
            int zone = address.indexOf('%');
            return zone < 0 ? address : address.substring(0, zone);
        } catch (IOException | RuntimeException e) {
            throw new ConfigException(
                    "--zookeeper", other, "must be a host that a route leads to, or --advertise must be given");
        }
    }

    /** A listen address as others reach it: every address is that of this host. */
    public static HostPort orHost(HostPort listen, String host) {
        return WILDCARDS.contains(listen.host()) ? new HostPort(host, listen.port()) : listen;
    }
}
