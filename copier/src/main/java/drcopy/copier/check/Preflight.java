// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.agent.Capabilities;
import drcopy.agent.Capabilities.Capability;
import drcopy.agent.Finding;
import drcopy.agent.HostPort;
import drcopy.coordinator.member.PoolCheck;
import drcopy.copier.config.Coordination;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.config.ReplayPlan;
import drcopy.copier.config.Transfer;
import drcopy.copier.response.CopierIdentity;
import drcopy.copier.response.InterceptorProbe;
import drcopy.copier.shard.SystemClock;
import drcopy.netio.CaptureOptions;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything {@code --check} looks at. Immutable once made. */
public final class Preflight {
    private final List<Finding> findings;

    private Preflight(List<Finding> findings) {
        this.findings = List.copyOf(findings);
    }

    /**
     * What is asked besides the configuration.
     *
     * @param coordination the pool the copier would join; null for none
     * @param capture what a live copier would capture
     * @param plan the file that would be replayed; null when traffic is live
     * @param probes client addresses for a SYN to each target; empty sends none
     */
    public record Asked(Coordination coordination, CaptureOptions capture, ReplayPlan plan, List<InetAddress> probes) {}

    /**
     * Looks at everything; takes up to three seconds for each interceptor that does not answer, and for each probe.
     *
     * @param caller who says Hello: not the name of a copier that may be running
     */
    public static Preflight of(CopierConfig config, Asked asked, CopierIdentity caller) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Capabilities.check(Capability.CAP_NET_RAW));
        if (asked.plan() == null) {
            findings.add(HostChecks.capture(asked.capture()));
            findings.add(HostChecks.offloads(asked.capture()));
            findings.add(HostChecks.bigTcp(asked.capture()));
        } else {
            findings.add(HostChecks.file(asked.plan()));
        }
        findings.add(HostChecks.sender(config.replay().mtu()));
        for (Transfer transfer : config.transfers().list()) {
            findings.add(TargetChecks.of(transfer, config.replay().mtuToward(transfer.isIpv4())));
        }
        if (config.device() != null) {
            findings.addAll(LinkChecks.of(config));
        }
        Set<HostPort> interceptors = new LinkedHashSet<>(config.interceptors().servers());
        if (asked.coordination() != null) {
            PoolCheck pool = PoolCheck.of(asked.coordination().address());
            findings.addAll(pool.findings(Optional.of(asked.coordination().leases())));
            interceptors.addAll(pool.interceptors());
        }
        for (HostPort interceptor : interceptors) {
            findings.add(interceptor(interceptor, config, caller));
        }
        findings.add(ConnectionTracking.look(config.device()));
        if (!asked.probes().isEmpty()) {
            findings.addAll(ProbeChecks.of(config, asked.probes(), List.copyOf(interceptors), caller));
        }
        return new Preflight(findings);
    }

    private static Finding interceptor(HostPort interceptor, CopierConfig config, CopierIdentity caller) {
        String subject = "interceptor " + interceptor;
        InterceptorProbe.Answer answer =
                InterceptorProbe.ask(interceptor, config.interceptors().tls(), caller, new SystemClock());
        return answer.isWelcome()
                ? Finding.ok(subject, answer.text())
                : Finding.fail(
                        subject, answer.text(), "start it there, and let this host reach its port through firewalls");
    }

    /**
     * Prints a line for each finding.
     *
     * @return false when one of them keeps the copier from working
     */
    public boolean print(PrintWriter out) {
        return Finding.print(findings, out);
    }
}
