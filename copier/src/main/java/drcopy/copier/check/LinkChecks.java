// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.agent.ConfigException;
import drcopy.agent.Finding;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.egress.Egress;
import drcopy.netio.NextHop;
import drcopy.netio.NextHops;
import drcopy.wire.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Looks at {@code --device}: does the kernel know, or find out, the next hop's address of every target. */
final class LinkChecks {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private LinkChecks() {}

    static List<Finding> of(CopierConfig config) {
        List<Finding> findings = new ArrayList<>();
        try (NextHops hops = Egress.nextHops(config)) {
            hops.awaitKnown(PATIENCE);
            hops.all().forEach(hop -> findings.add(of(config.device(), hop)));
        } catch (ConfigException e) {
            findings.add(Finding.fail("device " + config.device(), e.getMessage(), "name a device that is there"));
        }
        return findings;
    }

    private static Finding of(String device, NextHop hop) {
        String subject = "next hop to " + hop.target().getHostAddress() + " on " + device;
        if (hop.mac() != MacAddress.NONE) {
            return Finding.ok(subject, MacAddress.text(hop.mac()));
        }
        return hop.gateway() == null
                ? Finding.fail(subject, "no route out of this device", "add a route (ip route add)")
                : Finding.fail(
                        subject,
                        hop.gateway().getHostAddress() + " does not answer for its address",
                        "give its MAC address behind the target: @MAC");
    }
}
