// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.agent.Capabilities;
import drcopy.agent.Finding;
import drcopy.netio.AfPacketSource;
import drcopy.netio.CaptureOptions;
import drcopy.netio.FilterException;
import drcopy.netio.KernelException;
import drcopy.netio.RawIpSink;
import drcopy.netio.UnknownDeviceException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at this host: capture, sender, connection tracking. Stateless. */
final class HostChecks {
    private static final Path CONNTRACK = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");

    private HostChecks() {}

    static Finding capture(CaptureOptions options) {
        String subject = "capture on " + String.join(",", options.interfaces());
        try (AfPacketSource source = new AfPacketSource(options)) {
            return Finding.ok(
                    subject, "filter '" + options.filter() + "' (ring " + source.fileDescriptor() + " opened)");
        } catch (FilterException e) {
            return Finding.fail(subject, e.getMessage(), "see pcap-filter(7)");
        } catch (UnknownDeviceException e) {
            return Finding.fail(subject, e.getMessage(), "name a device that is there, or none for all");
        } catch (KernelException e) {
            return Finding.fail(subject, e.getMessage(), Capabilities.REMEDY);
        }
    }

    static Finding sender(int mtu) {
        try (RawIpSink sink = new RawIpSink(mtu, 0)) {
            return Finding.ok("sender", "raw sockets open, " + sink.sent() + " packets sent");
        } catch (KernelException e) {
            return Finding.fail("sender", e.getMessage(), Capabilities.REMEDY);
        }
    }

    static Finding connectionTracking() {
        if (!Files.exists(CONNTRACK)) {
            return Finding.ok("connection tracking", "off");
        }
        return Finding.note(
                "connection tracking",
                "may be on, and then costs a fifth more per packet and an entry per replica",
                "exempt the target: nft add rule ip raw output ip daddr TARGET tcp dport PORT notrack");
    }
}
