// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.SegmentBuilder;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * A connection to a real server, played with raw packets from the client's host, whose responses come back through the
 * diversion: what copier and interceptor do together, in the small.
 */
final class SpoofedClient implements PacketHandler {
    private static final int SYN_ACK = 0x12;
    private static final int PSH_ACK = 0x18;

    private final NetNs clientHost;
    private final String client;
    private final int port;
    private final String vip;
    private final int vipPort;
    private final IpPacket packet = new IpPacket();

    private int sndNxt;
    private int rcvNxt;
    private boolean isOpen;
    private boolean isReset;
    long responseBytes;

    SpoofedClient(NetNs clientHost, String client, int port, String vip, int vipPort) {
        this.clientHost = clientHost;
        this.client = client;
        this.port = port;
        this.vip = vip;
        this.vipPort = vipPort;
        this.sndNxt = port << 8;
    }

    /** Opens, asks twice, and takes both responses; the second request acknowledges the first response. */
    boolean exchangesTwice(PacketSource source) {
        return opens(source) && asks(source, 5000) && asks(source, 10_000);
    }

    boolean opens(PacketSource source) {
        syn();
        if (!await(source, () -> isOpen)) {
            return false;
        }
        sndNxt++;
        send(TestPackets.ACK, "");
        return true;
    }

    boolean asks(PacketSource source, long bytesAfter) {
        request();
        return await(source, () -> responseBytes >= bytesAfter);
    }

    boolean isRefused(PacketSource source) {
        syn();
        return await(source, () -> isReset);
    }

    void syn() {
        send(TestPackets.SYN, "");
    }

    void request() {
        send(PSH_ACK, "request");
        sndNxt += "request".length();
    }

    private void send(int flags, String payload) {
        clientHost.call(() -> {
            try (RawIpSink sink = new RawIpSink(1500, 0)) {
                SegmentBuilder segment = SegmentBuilder.segment(client, port, vip, vipPort)
                        .seq(sndNxt)
                        .payload(payload);
                if (flags != TestPackets.SYN) {
                    segment.ack(rcvNxt);
                } else {
                    segment.mss(1400);
                }
                sink.commit(segment.flags(flags).write(sink.claim(), 0));
                sink.flush();
                if (sink.errors().total() > 0) {
                    throw new IllegalStateException(sink.errors().byName().toString());
                }
            }
            return null;
        });
    }

    private boolean await(PacketSource source, BooleanSupplier isDone) {
        long end = System.nanoTime() + 5_000_000_000L;
        try (Poller poller = new Poller(source.fileDescriptor())) {
            while (!isDone.getAsBoolean() && System.nanoTime() < end) {
                if (source.poll(this, 64) == 0) {
                    poller.await(20_000_000L);
                }
            }
        }
        return isDone.getAsBoolean();
    }

    @Override
    public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        if (packet.wrapHeaders(buffer, offset, capturedLength, wireLength) != PacketDefect.NONE
                || packet.destinationPort() != port) {
            return;
        }
        int flags = buffer.get(packet.tcpOffset() + 13) & 0x3f;
        int seq = buffer.getInt(packet.tcpOffset() + 4);
        if ((flags & 0x04) != 0) {
            isReset = true;
        } else if (flags == SYN_ACK && !isOpen) {
            isOpen = true;
            rcvNxt = seq + 1;
        } else if (seq == rcvNxt) {
            rcvNxt += packet.payloadLength();
            responseBytes += packet.payloadLength();
        }
    }
}
