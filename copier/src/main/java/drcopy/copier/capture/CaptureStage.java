// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.session.SegmentView;
import drcopy.netio.PacketHandler;
import drcopy.wire.Addresses;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketChecksum;
import drcopy.wire.PacketDefect;
import drcopy.wire.Reassembly;
import java.nio.ByteBuffer;

/**
 * Makes the engine's segments of captured packets, and books those it keeps from the engine. Owned by the shard thread;
 * allocates nothing.
 */
public final class CaptureStage implements PacketHandler {
    private final Transfers transfers;
    private final ClientAddresses clients;
    private final ClientAddresses loopbackClients;
    private final Sample sample;
    private final Ledger ledger;
    private final SegmentHandler segments;
    private final SegmentView view = new SegmentView();
    private final FlowKey replaced = new FlowKey();
    private boolean hasCaptureClock;
    private boolean takesDatagrams;
    private boolean hasOthersBeside;
    private Reassembly fragments;
    /** What {@link #view} holds. */
    private boolean isDatagram;
    /** Whether its checksums need no look. */
    private boolean isVerified;
    /** Whether it came in fragments. */
    private boolean isPutTogether;

    public CaptureStage(
            Transfers transfers,
            ClientAddresses clients,
            ClientAddresses loopbackClients,
            Sample sample,
            Ledger ledger,
            SegmentHandler segments) {
        this.transfers = transfers;
        this.clients = clients;
        this.loopbackClients = loopbackClients;
        this.sample = sample;
        this.ledger = ledger;
        this.segments = segments;
        fragments = new Reassembly(false, new LostFragments(transfers, ledger));
    }

    /** From now on a client's silence is what the packets' times say: they are not just happening. */
    public CaptureStage onCaptureClock() {
        hasCaptureClock = true;
        return this;
    }

    /** From now on datagrams are taken, too. */
    public CaptureStage withDatagrams() {
        takesDatagrams = true;
        fragments = new Reassembly(true, new LostFragments(transfers, ledger));
        return this;
    }

    /**
     * From now on a segment that is put together here is dropped: fragments come to the shard that their addresses tell, and its
     * connection may be another's. What the kernel puts together, which is IPv4, comes to the right one.
     */
    public CaptureStage besideOthers() {
        hasOthersBeside = true;
        return this;
    }

    /** Gives up fragments of packets that did not become whole. To be called about once a second, on any one clock. */
    public void tick(long nowNs) {
        fragments.tick(nowNs);
    }

    @Override
    public void onPacket(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        isVerified = true;
        ledger.count(CopierCounter.PACKETS_CAPTURED);
        take(buffer, offset, capturedLength, wireLength, timestampNs);
    }

    @Override
    public void onUnverified(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        isVerified = false;
        ledger.count(CopierCounter.PACKETS_CAPTURED);
        take(buffer, offset, capturedLength, wireLength, timestampNs);
    }

    private void take(ByteBuffer buffer, int offset, int capturedLength, int wireLength, long timestampNs) {
        PacketDefect defect = view.packet.wrapHeaders(buffer, offset, capturedLength, wireLength);
        isDatagram = takesDatagrams && defect == PacketDefect.NOT_TCP;
        if (isDatagram) {
            defect = view.packet.wrapDatagram(buffer, offset, capturedLength, wireLength);
        }
        boolean isCut = capturedLength < wireLength
                && (defect == PacketDefect.TRUNCATED
                        || defect == PacketDefect.NONE && view.packet.totalLength() > capturedLength);
        if (isCut) {
            keepBack(DropReason.SNAPPED, 0);
        } else if (defect == PacketDefect.NONE) {
            view.capturedNs = hasCaptureClock ? timestampNs : SegmentView.NOW;
            onWhole();
        } else if (defect == PacketDefect.FRAGMENT) {
            onFragment(buffer, offset, capturedLength, timestampNs);
        } else if (defect != PacketDefect.NOT_TCP) {
            keepBack(DropReason.MALFORMED, 0);
        }
    }

    private void onFragment(ByteBuffer buffer, int offset, int capturedLength, long timestampNs) {
        if (isPutTogether) {
            keepBack(DropReason.MALFORMED, 0); // a fragment of a fragment
        } else if (fragments.add(buffer, offset, capturedLength)) {
            isPutTogether = true;
            isVerified = false; // nobody verifies a sum over several packets
            take(fragments.buffer(), fragments.offset(), fragments.length(), fragments.length(), timestampNs);
            isPutTogether = false;
        }
    }

    private void onWhole() {
        IpPacket packet = view.packet;
        long onlineHi = packet.destinationHi();
        long onlineLo = packet.destinationLo();
        int onlinePort = packet.destinationPort();
        Transfer transfer = transfers.find(onlineHi, onlineLo, onlinePort);
        if (transfer == null || transfers.isTarget(onlineHi, onlineLo, onlinePort)) {
            return;
        }
        boolean familiesDiffer = packet.isIpv6() == transfer.isIpv4();
        if (familiesDiffer && clients.isEmpty()) {
            return;
        }
        if (!isVerified && !PacketChecksum.isRight(packet)) {
            keepBack(DropReason.BAD_CHECKSUM, packet.payloadLength());
            return;
        }
        view.key.fromClient(packet);
        long hash = view.key.stableHash();
        view.isSampled = sample.contains(hash);
        view.isShed = sample.isShed(hash);
        view.target = transfer.target();
        if (!putSource(transfer)) {
            keepBack(DropReason.NO_ADDRESS, packet.payloadLength());
            return;
        }
        if (isDatagram) {
            segments.onClientDatagram(view);
        } else if (isPutTogether && hasOthersBeside) {
            keepBack(DropReason.FRAGMENT, packet.payloadLength());
        } else {
            segments.onClientSegment(view);
        }
    }

    /** False when the client has no address that a target elsewhere could answer. */
    private boolean putSource(Transfer transfer) {
        ClientAddresses list = clients;
        if (isLoopback(view.key.clientHi, view.key.clientLo)
                && !isLoopback(transfer.target().hi(), transfer.target().lo())) {
            list = loopbackClients.covers(transfer.isIpv4()) ? loopbackClients : clients;
            if (list.isEmpty()) {
                return false;
            }
        }
        if (list.isEmpty()) {
            view.sourceHi = view.key.clientHi;
            view.sourceLo = view.key.clientLo;
            return true;
        }
        replaced.set(view.key);
        list.replace(replaced, transfer.isIpv4());
        view.sourceHi = replaced.clientHi;
        view.sourceLo = replaced.clientLo;
        return true;
    }

    /** 127.0.0.0/8 and ::1. */
    private static boolean isLoopback(long hi, long lo) {
        return Addresses.isIpv4(hi, lo) ? (lo >>> 24 & 0xff) == 127 : hi == 0 && lo == 1;
    }

    /** Books what the engine does not see, on both sides. */
    private void keepBack(DropReason reason, int payloadLength) {
        if (isDatagram) {
            ledger.count(CopierCounter.DATAGRAMS_CAPTURED);
            ledger.dropDatagram(reason);
            return;
        }
        ledger.count(CopierCounter.SEGMENTS_CAPTURED);
        ledger.add(CopierCounter.BYTES_CAPTURED, payloadLength);
        ledger.drop(reason, 1, payloadLength);
    }
}
