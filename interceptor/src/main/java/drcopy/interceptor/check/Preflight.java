// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.check;

import drcopy.agent.Capabilities;
import drcopy.agent.Capabilities.Capability;
import drcopy.agent.Finding;
import drcopy.interceptor.config.InterceptorConfig;
import drcopy.interceptor.config.Mode;
import drcopy.interceptor.config.Service;
import drcopy.netio.AfPacketSource;
import drcopy.netio.CaptureOptions;
import drcopy.netio.DiversionRules;
import drcopy.netio.KernelException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Looks at this host: rights, tools, addresses, the port for copiers. Stateless. */
public final class Preflight {
    private static final Path NET = Path.of("/proc/sys/net");

    private Preflight() {}

    /** Everything that the configuration needs. */
    public static List<Finding> of(InterceptorConfig config) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Capabilities.check(Capability.CAP_NET_RAW, Capability.CAP_NET_ADMIN));
        findings.add(listen(config.listen()));
        if (config.isCapture()) {
            findings.add(capture(config.captureDevice(), config.filter()));
            findings.addAll(new KernelSettings(NET).assistant());
            return findings;
        }
        if (config.mode() == Mode.ROUTE) {
            findings.add(tool("ip", "install iproute2"));
            findings.add(tool("nft", "install nftables, or use --mode nfqueue"));
            findings.addAll(new Networkd(Path.of("/")).look());
        } else {
            findings.add(tool("iptables", "install iptables, or use --mode route"));
        }
        findings.add(tool("tc", "install iproute2: it is the second line of defence"));
        config.divert().forEach(service -> findings.add(service(service)));
        findings.addAll(new KernelSettings(NET).realServer(devices()));
        if (config.pass().isEmpty()) {
            findings.add(Finding.note(
                    "pass",
                    "nobody gets real responses, health checks of the director fail as well",
                    "give the director's addresses with --pass"));
        }
        return findings;
    }

    /** Devices that are up, but for the loopback and the end of the diversion. */
    private static List<String> devices() {
        try {
            List<String> names = new ArrayList<>();
            for (NetworkInterface device : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (device.isUp() && !device.isLoopback() && !device.getName().equals(DiversionRules.CAPTURE_DEVICE)) {
                    names.add(device.getName());
                }
            }
            return names;
        } catch (SocketException e) {
            return List.of();
        }
    }

    private static Finding listen(InetSocketAddress address) {
        String subject = "listen on " + address.getAddress().getHostAddress() + " port " + address.getPort();
        String objection = listenObjection(address);
        return objection == null
                ? Finding.ok(subject, "free")
                : Finding.fail(
                        subject,
                        objection,
                        "end what has it, a listener or an outgoing connection, or choose --bind and --port");
    }

    /** Why the address cannot be listened on; null when it can. */
    public static String listenObjection(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address);
            return null;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Finding capture(String device, String filter) {
        String subject = "capture on " + device;
        CaptureOptions options = CaptureOptions.incoming(List.of(device), filter);
        try (AfPacketSource source = new AfPacketSource(options)) {
            return Finding.ok(subject, "filter '" + filter + "', " + source.kernelDrops() + " packets dropped so far");
        } catch (KernelException e) {
            return Finding.fail(subject, e.getMessage(), Capabilities.REMEDY);
        }
    }

    private static Finding tool(String name, String remedy) {
        String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        for (String folder : path.split(File.pathSeparator, -1)) {
            Path program = Path.of(folder, name);
            if (Files.isExecutable(program)) {
                return Finding.ok("program " + name, program.toString());
            }
        }
        return Finding.fail("program " + name, "is not in " + path, remedy);
    }

    private static Finding service(Service service) {
        String subject = "service " + service;
        if (service.address() == null) {
            return Finding.ok(subject, "this port of every address of this host");
        }
        if (!isOwn(service.address())) {
            return Finding.note(
                    subject, "is no address of this host, so that nothing is sent from there", "ip addr add it to lo");
        }
        return Finding.ok(
                subject,
                DiversionRules.isWhole(service.address())
                        ? "a VIP: all that it sends is diverted, whatever its port"
                        : "an address that this host lives by: this port alone is diverted");
    }

    /** True for an address that a device of this host has. */
    public static boolean isOwn(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
