// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.netio.PacketHandler;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import java.nio.ByteBuffer;

/**
 * Which packets of a file belong to a transfer: what the kernel's filter decides when the capture is live. Also counts what
 * cannot be told because the packet is broken. Keeps its verdict on the packet that it was handed last. Owned by one thread.
 */
final class Wanted implements PacketHandler {
    private final Transfers transfers;
    private final Destinations destinations = new Destinations();
    private final IpPacket packet = new IpPacket();
    private Transfer transfer;
    private boolean isSnapped;
    private long matched;
    private long broken;

    Wanted(Transfers transfers) {
        this.transfers = transfers;
    }

    @Override
    public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        transfer = null;
        PacketDefect defect = packet.wrapHeaders(buffer, offset, capturedLength, wireLength);
        if (defect == PacketDefect.NONE) {
            onTcp(capturedLength);
        } else if (defect != PacketDefect.NOT_TCP) {
            broken++;
        }
    }

    private void onTcp(int capturedLength) {
        transfer = transferOf(packet);
        isSnapped = packet.totalLength() > capturedLength;
        if (transfer != null) {
            matched++;
        } else if (matched == 0) {
            destinations.note(packet);
        }
    }

    /** The same packet lies elsewhere now. */
    void moved(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        packet.wrapHeaders(buffer, offset, capturedLength, wireLength);
    }

    /** The transfer of any packet; null when it is none. */
    Transfer transferOf(IpPacket any) {
        long hi = any.destinationHi();
        long lo = any.destinationLo();
        int port = any.destinationPort();
        return transfers.isTarget(hi, lo, port) ? null : transfers.find(hi, lo, port);
    }

    /** The transfer of the packet handed over last; null when it is none. */
    Transfer transfer() {
        return transfer;
    }

    /** The packet itself. */
    IpPacket packet() {
        return packet;
    }

    /** Whether the capture kept only a part of it. */
    boolean isSnapped() {
        return isSnapped;
    }

    /** Packets that belong to a transfer, so far. */
    long matched() {
        return matched;
    }

    /** Packets of whatever service whose headers are cut or make no sense. */
    long broken() {
        return broken;
    }

    /** Where the TCP packets go to that were seen before the first that matched. */
    Destinations destinations() {
        return destinations;
    }
}
