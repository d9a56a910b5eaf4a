// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.check;

import drcopy.agent.Finding;
import drcopy.copier.response.TargetProbe;
import drcopy.netio.PacketSink;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import drcopy.wire.TcpFlags;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * Measures how long the packets may be that reach a target whole. It opens a connection and sends data that lies before the first byte,
 * which any TCP answers with an ACK and no service sees (RFC 9293 3.10.7.4). The address is this host's own, because a router may
 * complain to it of a packet that is too long, and no client must hear that. One thread.
 */
final class PathProbe {
    private static final long WAIT_NS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final int TRIES = 2;
    private static final int LEAST_IPV4 = 576;
    private static final int LEAST_IPV6 = 1_280;

    private final TargetProbe probe;
    private final PacketSink sink;
    private final FlowKey flow;
    private final int isn;
    private int ack;

    private PathProbe(TargetProbe probe, PacketSink sink, FlowKey flow, int isn) {
        this.probe = probe;
        this.sink = sink;
        this.flow = flow;
        this.isn = isn;
    }

    /** This host's address toward another; empty when no route leads there. */
    static Optional<InetAddress> own(InetAddress target, int port) {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(new InetSocketAddress(target, port));
            return Optional.of(((InetSocketAddress) channel.getLocalAddress()).getAddress());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Takes ten seconds at most.
     *
     * @param flow from an address of this host to the target, on a port that is free
     * @param isn of the connection
     * @param mtu longest packet to try, bytes
     */
    static Finding of(TargetProbe probe, PacketSink sink, FlowKey flow, int isn, int mtu, int instanceId) {
        String subject = "path to " + Addresses.text(flow.serverHi, flow.serverLo, flow.serverPort);
        PathProbe path = new PathProbe(probe, sink, flow, isn);
        if (!path.open(mtu, instanceId)) {
            return Finding.note(
                    subject,
                    "not measured: no interceptor sees what the target answers to "
                            + Addresses.text(flow.clientHi, flow.clientLo),
                    "take this host's address out of the interceptors' --pass");
        }
        int most = path.search(mtu);
        path.send(room -> ProbeSegment.rst(room, flow, isn + 1));
        if (most == mtu) {
            return Finding.ok(subject, "packets of " + mtu + " bytes arrive whole");
        }
        String remedy = "give --mtu " + most + ", or let the path take more (ip link set mtu)";
        return most == 0
                ? Finding.fail(subject, "data gets no answer, however short", "look for it on the target (tcpdump)")
                : Finding.fail(
                        subject, "packets of " + most + " bytes arrive whole, longer ones are lost or cut", remedy);
    }

    private boolean open(int mtu, int instanceId) {
        probe.watch(flow, instanceId);
        send(room -> ProbeSegment.syn(room, flow, isn, mtu - (flow.isIpv4() ? 40 : 60)));
        Optional<TargetProbe.Answer> answer = probe.await();
        if (answer.isEmpty() || (answer.get().flags() & TcpFlags.RST) != 0) {
            return false;
        }
        ack = answer.get().seq() + 1;
        send(room -> ProbeSegment.ack(room, flow, isn + 1, ack));
        return true;
    }

    /** The longest packet that arrives, bytes; 0 when none does. */
    private int search(int mtu) {
        int most = flow.isIpv4() ? LEAST_IPV4 : LEAST_IPV6;
        if (arrives(mtu)) {
            return mtu;
        } else if (!arrives(most)) {
            return 0;
        }
        int tooLong = mtu;
        while (tooLong - most > 1) {
            int middle = (most + tooLong) / 2;
            if (arrives(middle)) {
                most = middle;
            } else {
                tooLong = middle;
            }
        }
        return most;
    }

    private boolean arrives(int bytes) {
        for (int tries = 0; tries < TRIES; tries++) {
            probe.forget();
            send(room -> ProbeSegment.oldData(room, flow, isn, ack, bytes));
            if (probe.awaitSegment(WAIT_NS).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private void send(ToIntFunction<ByteBuffer> writer) {
        sink.commit(writer.applyAsInt(sink.claim()));
        sink.flush();
    }
}
