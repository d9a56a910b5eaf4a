// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.agent.Capabilities;
import drcopy.agent.Finding;
import drcopy.agent.HostPort;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.config.Transfer;
import drcopy.copier.egress.Egress;
import drcopy.copier.response.CopierIdentity;
import drcopy.copier.response.TargetProbe;
import drcopy.copier.shard.SystemClock;
import drcopy.netio.KernelException;
import drcopy.netio.PacketSink;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import drcopy.wire.TcpFlags;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * {@code --probe}: one SYN to each target from a client's address, the way replicas go, whose answer an interceptor must see; then a RST.
 * Nothing else of the preflight sends a packet under a foreign address.
 */
final class ProbeChecks {
    private static final int LOWEST_PORT = 32_768;
    private static final int PORTS = 32_768;

    private final CopierConfig config;
    private final TargetProbe probe;
    private final Egress egress;
    private final SecureRandom random = new SecureRandom();

    private ProbeChecks(CopierConfig config, TargetProbe probe, Egress egress) {
        this.config = config;
        this.probe = probe;
        this.egress = egress;
    }

    /**
     * Probes every transfer; takes up to three seconds for each that is not answered.
     *
     * @param sources addresses that a client could have
     */
    static List<Finding> of(
            CopierConfig config, List<InetAddress> sources, List<HostPort> interceptors, CopierIdentity caller) {
        List<Finding> findings = new ArrayList<>(silence(config));
        Egress egress;
        try {
            egress = Egress.open(config);
        } catch (KernelException e) {
            return List.of(Finding.fail("probe", e.getMessage(), Capabilities.REMEDY));
        }
        try (PacketSink sink = egress.sink();
                TargetProbe probe =
                        new TargetProbe(interceptors, config.interceptors().tls(), caller, new SystemClock())) {
            ProbeChecks checks = new ProbeChecks(config, probe, egress);
            for (Transfer transfer : config.transfers().list()) {
                Finding way = checks.look(transfer, sources, sink);
                findings.add(way);
                if (way.verdict() == Finding.Verdict.OK) {
                    checks.measure(transfer, sink).ifPresent(findings::add);
                }
            }
        }
        return findings;
    }

    /** One finding for each target's address. */
    private static List<Finding> silence(CopierConfig config) {
        Map<InetAddress, Set<Integer>> ports = new LinkedHashMap<>();
        for (Transfer transfer : config.transfers().list()) {
            InetAddress vip = Addresses.inetAddress(
                    transfer.target().hi(), transfer.target().lo());
            ports.computeIfAbsent(vip, key -> new TreeSet<>())
                    .add(transfer.target().port());
        }
        return ports.entrySet().stream()
                .map(entry -> DirectorCheck.look(entry.getKey(), entry.getValue()))
                .toList();
    }

    private Finding look(Transfer transfer, List<InetAddress> sources, PacketSink sink) {
        long hi = transfer.target().hi();
        long lo = transfer.target().lo();
        String target = Addresses.text(hi, lo, transfer.target().port());
        Optional<InetAddress> source = sources.stream()
                .filter(address -> Addresses.isIpv4(Addresses.hi(address), Addresses.lo(address)) == transfer.isIpv4())
                .findFirst();
        if (source.isEmpty()) {
            return Finding.note("probe of " + target, "not sent", "give --probe an address of its family, too");
        }
        long clientHi = Addresses.hi(source.get());
        long clientLo = Addresses.lo(source.get());
        int port = LOWEST_PORT + random.nextInt(PORTS);
        FlowKey flow = new FlowKey()
                .set(clientHi, clientLo, port, hi, lo, transfer.target().port());
        return probe(flow, "probe of " + target + " from " + Addresses.text(clientHi, clientLo), sink);
    }

    private Optional<Finding> measure(Transfer transfer, PacketSink sink) {
        long hi = transfer.target().hi();
        long lo = transfer.target().lo();
        int to = transfer.target().port();
        int port = LOWEST_PORT + random.nextInt(PORTS);
        int mtu = config.replay().mtuToward(transfer.isIpv4());
        return PathProbe.own(Addresses.inetAddress(hi, lo), to).map(own -> {
            FlowKey flow = new FlowKey().set(Addresses.hi(own), Addresses.lo(own), port, hi, lo, to);
            return PathProbe.of(
                    probe,
                    sink,
                    flow,
                    random.nextInt(),
                    mtu,
                    config.instanceIds().get(0));
        });
    }

    private Finding probe(FlowKey flow, String subject, PacketSink sink) {
        int isn = random.nextInt();
        probe.watch(flow, config.instanceIds().get(0));
        long errorsBefore = egress.errors().total();
        send(sink, room -> ProbeSegment.syn(room, flow, isn, config.replay().mss()));
        if (egress.errors().total() > errorsBefore) {
            return Finding.fail(
                    subject,
                    "this host's kernel did not send it: "
                            + String.join(", ", egress.errors().byName().keySet()),
                    "EPERM is a firewall's (nft list ruleset), the others the route's (ip route get)");
        }
        Optional<TargetProbe.Answer> answer = probe.await();
        if (answer.isEmpty() || (answer.get().flags() & TcpFlags.RST) == 0) {
            send(sink, room -> ProbeSegment.rst(room, flow, isn + 1));
        }
        return answer.map(seen -> answered(subject, seen)).orElseGet(() -> unanswered(subject));
    }

    private static void send(PacketSink sink, ToIntFunction<ByteBuffer> writer) {
        sink.commit(writer.applyAsInt(sink.claim()));
        sink.flush();
    }

    private static Finding answered(String subject, TargetProbe.Answer answer) {
        if ((answer.flags() & TcpFlags.RST) != 0) {
            return Finding.fail(
                    subject,
                    "refused, as interceptor " + answer.interceptor() + " saw: nothing listens there",
                    "start the test service on its host");
        }
        return Finding.ok(
                subject, "answered, as interceptor " + answer.interceptor() + " saw; the connection is reset");
    }

    private static Finding unanswered(String subject) {
        return Finding.fail(
                subject,
                "no interceptor saw an answer within 3 s",
                "look for the SYN on the target (tcpdump): without it, a network on the way or the target's rp_filter drops foreign"
                        + " sources; with it, the service may be down, or no interceptor diverts this address and port"
                        + " (interceptor --check)");
    }
}
