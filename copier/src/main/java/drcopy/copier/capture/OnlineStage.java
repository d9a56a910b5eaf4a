// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.copier.config.Transfers;
import drcopy.netio.PacketHandler;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import java.nio.ByteBuffer;

/**
 * Hands what online says to clients to the engine, of the sessions that are copied. Not in the books, which count what clients
 * say. Owned by the shard thread; allocates nothing.
 */
public final class OnlineStage implements PacketHandler {
    private final Transfers transfers;
    private final Sample sample;
    private final SegmentHandler segments;
    private final IpPacket packet = new IpPacket();
    private final FlowKey key = new FlowKey();

    public OnlineStage(Transfers transfers, Sample sample, SegmentHandler segments) {
        this.transfers = transfers;
        this.sample = sample;
        this.segments = segments;
    }

    @Override
    public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        if (packet.wrapHeaders(buffer, offset, capturedLength, wireLength) != PacketDefect.NONE
                || transfers.find(packet.sourceHi(), packet.sourceLo(), packet.sourcePort()) == null) {
            return;
        }
        key.fromServer(packet);
        int shown = Math.min(packet.payloadLength(), offset + capturedLength - packet.payloadOffset());
        if (sample.contains(key.stableHash())) {
            segments.onOnlineSegment(key, packet, shown);
        }
    }
}
