// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.agent.Capabilities;
import drcopy.agent.Finding;
import drcopy.copier.config.ReplayPlan;
import drcopy.netio.AfPacketSource;
import drcopy.netio.BadCaptureFileException;
import drcopy.netio.CaptureOptions;
import drcopy.netio.FilterException;
import drcopy.netio.KernelException;
import drcopy.netio.Offloads;
import drcopy.netio.PcapFileSource;
import drcopy.netio.RawIpSink;
import drcopy.netio.UnknownDeviceException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Looks at this host: capture and sender. Stateless. */
final class HostChecks {
    /** Longest segment that offload makes without BIG TCP, bytes (GSO_LEGACY_MAX_SIZE, linux/netdevice.h). */
    private static final int USUAL_SEGMENT = 65_536;

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

    /** A file instead of live traffic. */
    static Finding file(ReplayPlan plan) {
        String subject = "capture file " + plan.file();
        try (PcapFileSource file = new PcapFileSource(plan.file(), plan.filter())) {
            return Finding.ok(subject, file.format() + ", " + file.size() + " bytes; --dry-run tells what it holds");
        } catch (BadCaptureFileException e) {
            return Finding.fail(subject, e.why(), "give a file that tcpdump -w wrote");
        } catch (FilterException e) {
            return Finding.fail(subject, e.getMessage(), "see pcap-filter(7)");
        }
    }

    /** A device that joins segments of a connection hands over up to 64 KB at once: fine, unless --snaplen cuts them. */
    static Finding offloads(CaptureOptions options) {
        String subject = "receive offload";
        List<String> joining = devices(options.interfaces()).stream()
                .filter(Offloads::joinsSegments)
                .toList();
        if (joining.isEmpty()) {
            return Finding.ok(subject, "off");
        }
        String names = String.join(",", joining);
        return options.snaplen() >= CaptureOptions.WHOLE
                ? Finding.ok(subject, "joined segments of " + names + " are split again")
                : Finding.note(
                        subject,
                        names + " joins segments to up to 64 KB, and --snaplen " + options.snaplen()
                                + " cuts them: what is cut is counted and not replayed",
                        "leave --snaplen out, or ethtool -K DEVICE gro off lro off");
    }

    /** BIG TCP makes segments of more than 64 KB: fine, unless they are longer than what is kept of a packet. */
    static Finding bigTcp(CaptureOptions options) {
        return bigTcp(Offloads.longestSegment(options.interfaces()), options.snaplen());
    }

    static Finding bigTcp(int longest, int snaplen) {
        String subject = "BIG TCP";
        if (longest <= USUAL_SEGMENT) {
            return Finding.ok(subject, "off");
        }
        String found = "on, for segments of up to " + longest + " bytes";
        if (longest <= snaplen) {
            return Finding.ok(subject, found + ": they are split again");
        }
        return snaplen < CaptureOptions.LONGEST
                ? Finding.note(
                        subject,
                        found + ", and --snaplen " + snaplen + " cuts them: what is cut is counted and not replayed",
                        "leave --snaplen out")
                : Finding.note(
                        subject,
                        found + ", and a capture keeps " + snaplen + " of a packet at most",
                        "ip link set DEVICE gso_max_size " + snaplen + " gro_max_size " + snaplen);
    }

    private static List<String> devices(List<String> named) {
        if (!named.contains(CaptureOptions.ANY)) {
            return named;
        }
        try {
            List<String> all = new ArrayList<>();
            for (NetworkInterface device : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (device.isUp() && !device.isLoopback()) {
                    all.add(device.getName());
                }
            }
            return all;
        } catch (SocketException e) {
            return List.of();
        }
    }

    static Finding sender(int mtu) {
        try (RawIpSink sink = new RawIpSink(mtu, 0)) {
            return Finding.ok("sender", "raw sockets open, " + sink.sent() + " packets sent");
        } catch (KernelException e) {
            return Finding.fail("sender", e.getMessage(), Capabilities.REMEDY);
        }
    }
}
