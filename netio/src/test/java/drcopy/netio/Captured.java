// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A handler that keeps what it sees as one line each: {@code source > destination flags payload}. */
final class Captured implements PacketHandler {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    final List<String> lines = new ArrayList<>();
    final List<Integer> wireLengths = new ArrayList<>();
    final List<Integer> capturedLengths = new ArrayList<>();
    long lastTimestampNs;
    long payloadBytes;

    private final IpPacket packet = new IpPacket();

    @Override
    public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        lastTimestampNs = timestampNs;
        wireLengths.add(wireLength);
        capturedLengths.add(capturedLength);
        PacketDefect defect = packet.wrapHeaders(buffer, offset, capturedLength, wireLength);
        if (defect != PacketDefect.NONE) {
            lines.add(defect.name());
            return;
        }
        payloadBytes += packet.payloadLength();
        lines.add(drcopy.wire.Addresses.text(packet.sourceHi(), packet.sourceLo(), packet.sourcePort())
                + " > "
                + drcopy.wire.Addresses.text(packet.destinationHi(), packet.destinationLo(), packet.destinationPort())
                + " "
                + Integer.toHexString(buffer.get(packet.tcpOffset() + 13) & 0xff)
                + " "
                + packet.payloadLength());
    }

    /** Polls until {@code isDone}, sleeping in a poller in between; returns whether it came true in time. */
    boolean pollUntil(PacketSource source, BooleanSupplier isDone) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (Poller poller = new Poller(source.fileDescriptor())) {
            while (!isDone.getAsBoolean()) {
                if (System.nanoTime() > end) {
                    return false;
                }
                if (source.poll(this, 100) == 0) {
                    poller.await(50_000_000L);
                }
            }
        }
        return true;
    }

    /** Polls until nothing has come for {@code quietMs}. */
    void pollUntilQuiet(PacketSource source, long quietMs) {
        try (Poller poller = new Poller(source.fileDescriptor())) {
            long quietSince = System.nanoTime();
            while (System.nanoTime() - quietSince < quietMs * 1_000_000L) {
                if (source.poll(this, 1000) > 0) {
                    quietSince = System.nanoTime();
                } else {
                    poller.await(1_000_000L);
                }
            }
        }
    }
}
