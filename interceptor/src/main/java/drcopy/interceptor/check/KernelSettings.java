// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.check;

import drcopy.agent.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at this host's settings of {@code net.*} (sysctl(8)). Immutable. */
final class KernelSettings {
    private static final int STRICT = 1;

    private final Path net;

    /** @param net {@code /proc/sys/net} */
    KernelSettings(Path net) {
        this.net = net;
    }

    /**
     * On a real server: replicas come from clients' addresses, whichever device that host would answer them by.
     *
     * @param devices where replicas may come in
     */
    List<Finding> realServer(List<String> devices) {
        List<Finding> findings = new ArrayList<>();
        int all = value("ipv4/conf/all/rp_filter");
        for (String device : devices) {
            String subject = "reverse-path filter of " + device;
            // The kernel takes the larger of the two.
            int effective = Math.max(all, value("ipv4/conf/" + device + "/rp_filter"));
            findings.add(
                    effective != STRICT
                            ? Finding.ok(subject, "lets replicas in (rp_filter " + effective + ")")
                            : Finding.note(
                                    subject,
                                    "rp_filter 1 drops replicas of clients that this host would answer by another device",
                                    "sysctl -w net.ipv4.conf.all.rp_filter=2 net.ipv4.conf." + device
                                            + ".rp_filter=2"));
        }
        return findings;
    }

    /** On an assistant host: it must forward nothing, or the responses that end here go on to clients. */
    List<Finding> assistant() {
        return List.of(forwarding("ipv4/ip_forward", "IPv4"), forwarding("ipv6/conf/all/forwarding", "IPv6"));
    }

    private Finding forwarding(String setting, String family) {
        String subject = "forwarding of " + family;
        return value(setting) == 0
                ? Finding.ok(subject, "off")
                : Finding.fail(
                        subject,
                        "is on: the target's responses would go on to clients",
                        "sysctl -w net." + setting.replace('/', '.') + "=0");
    }

    /** 0 where the kernel has no such setting, IPv6 left out for instance. */
    private int value(String setting) {
        try {
            return Integer.parseInt(Files.readString(net.resolve(setting)).strip());
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
