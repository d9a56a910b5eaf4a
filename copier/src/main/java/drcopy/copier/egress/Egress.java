// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.egress;

import drcopy.agent.ConfigException;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.config.Transfer;
import drcopy.netio.LinkSink;
import drcopy.netio.NextHop;
import drcopy.netio.NextHops;
import drcopy.netio.PacketSink;
import drcopy.netio.RawIpSink;
import drcopy.netio.SendErrors;
import drcopy.netio.UnknownDeviceException;
import drcopy.wire.Addresses;
import java.io.IOException;
import java.net.NetworkInterface;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The way out for replicas' packets, and what it could not send. Immutable.
 *
 * @param sink owned by the shard thread
 * @param errors any thread
 */
public record Egress(PacketSink sink, SendErrors errors) {
    private static final int ETHERNET_BYTES = 6;

    /**
     * Raw IP sockets, or with {@code --device} frames out of it.
     *
     * @throws ConfigException when there is no such device, or it takes no Ethernet frames
     * @throws drcopy.netio.KernelException when the kernel refuses
     */
    public static Egress open(CopierConfig config) {
        int mtu = config.replay().mtu();
        if (config.device() == null) {
            RawIpSink sink = new RawIpSink(mtu, 0);
            return new Egress(sink, sink.errors());
        }
        checkDevice(config.device());
        LinkSink sink = new LinkSink(mtu, nextHops(config));
        return new Egress(sink, sink.errors());
    }

    /**
     * The next hops of all targets through {@code --device}, kept up to date until they are closed.
     *
     * @throws ConfigException when there is no such device
     */
    public static NextHops nextHops(CopierConfig config) {
        Map<String, NextHop> hops = new LinkedHashMap<>();
        for (Transfer transfer : config.transfers().list()) {
            long hi = transfer.target().hi();
            long lo = transfer.target().lo();
            hops.put(
                    Addresses.text(hi, lo),
                    new NextHop(Addresses.inetAddress(hi, lo), transfer.sourceMac(), transfer.nextHopMac()));
        }
        try {
            return new NextHops(config.device(), List.copyOf(hops.values()));
        } catch (UnknownDeviceException e) {
            throw unknown(config.device());
        }
    }

    private static void checkDevice(String device) {
        try {
            NetworkInterface found = NetworkInterface.getByName(device);
            if (found == null) {
                throw unknown(device);
            }
            byte[] mac = found.getHardwareAddress();
            if (!found.isLoopback() && (mac == null || mac.length != ETHERNET_BYTES)) {
                throw new ConfigException("--device", device, "must be an Ethernet device");
            }
        } catch (IOException e) {
            throw unknown(device);
        }
    }

    private static ConfigException unknown(String device) {
        return new ConfigException("--device", device, "must be a network device of this host");
    }
}
