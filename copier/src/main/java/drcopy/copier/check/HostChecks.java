// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.netio.AfPacketSource;
import drcopy.netio.CaptureOptions;
import drcopy.netio.FilterException;
import drcopy.netio.KernelException;
import drcopy.netio.RawIpSink;
import drcopy.netio.UnknownDeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at this host: rights, capture, sender, connection tracking. Stateless. */
final class HostChecks {
    private static final String RIGHTS_REMEDY =
            "run as root, or give the process CAP_NET_RAW and CAP_NET_ADMIN (systemd: AmbientCapabilities=)";
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_NET_RAW = 13;
    private static final Path CONNTRACK = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");

    private HostChecks() {}

    static Finding capabilities() {
        long effective = effectiveCapabilities();
        boolean raw = (effective >>> CAP_NET_RAW & 1) == 1;
        boolean admin = (effective >>> CAP_NET_ADMIN & 1) == 1;
        if (raw && admin) {
            return Finding.ok("capabilities", "CAP_NET_RAW and CAP_NET_ADMIN");
        }
        String missing = raw ? "CAP_NET_ADMIN" : admin ? "CAP_NET_RAW" : "CAP_NET_RAW and CAP_NET_ADMIN";
        return Finding.fail("capabilities", missing + " missing", RIGHTS_REMEDY);
    }

    private static long effectiveCapabilities() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16);
                }
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
        return 0;
    }

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
            return Finding.fail(subject, e.getMessage(), RIGHTS_REMEDY);
        }
    }

    static Finding sender(int mtu) {
        try (RawIpSink sink = new RawIpSink(mtu, 0)) {
            return Finding.ok("sender", "raw sockets open, " + sink.sent() + " packets sent");
        } catch (KernelException e) {
            return Finding.fail("sender", e.getMessage(), RIGHTS_REMEDY);
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
