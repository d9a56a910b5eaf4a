// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.copier.ledger.DropReason;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a file holds for one transfer. Of the connections it remembers the last {@value #MOST_FLOWS}. Owned by one thread. */
final class TransferTally {
    private static final int MOST_FLOWS = 400_000;

    private final FlowKey key = new FlowKey();
    private final Map<FlowKey, FileFlow> flows = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FlowKey, FileFlow> eldest) {
            boolean isOver = size() > MOST_FLOWS;
            holes += isOver && eldest.getValue().hasHole() ? 1 : 0;
            return isOver;
        }
    };
    private long opened;
    private long joined;
    private long requests;
    private long bytes;
    private final long[] keptBack = new long[DropReason.values().length];
    private long unjoined;
    private long unjoinedBytes;
    private long holes;
    private long multipath;

    /** @param reason why the capture stage keeps it from the engine; null when it does not */
    void note(IpPacket packet, DropReason reason) {
        if (reason != null) {
            keptBack[reason.ordinal()]++;
            return;
        }
        ByteBuffer b = packet.buffer();
        int tcp = packet.tcpOffset();
        int flags = TcpHeader.flags(b, tcp);
        key.fromClient(packet);
        FileFlow flow = flows.get(key);
        if (TcpFlags.any(flags, TcpFlags.SYN)) {
            int syn = TcpHeader.seq(b, tcp);
            if (flow == null || !flow.isOpenedBy(syn)) {
                opened++;
                flow = remember(FileFlow.opened(syn), flow);
                if (TcpOptions.joinsMultipath(b, tcp)) {
                    leaveOut(flow);
                }
            }
        } else if (flow != null && flow.isLeftOut()) {
            return;
        } else if (flow != null && TcpOptions.isMultipath(b, tcp)) {
            leaveOut(flow);
        } else if (packet.payloadLength() > 0) {
            onPayload(packet, flow, flags);
        }
    }

    /** It turns out to be of a Multipath TCP connection, which the engine leaves out. */
    private void leaveOut(FileFlow flow) {
        multipath++;
        opened -= flow.hasSyn() ? 1 : 0;
        joined -= flow.isJoined() && !flow.hasSyn() ? 1 : 0;
        flow.leaveOut();
    }

    /** A packet came in fragments that did not make it whole. */
    void noteLost() {
        keptBack[DropReason.FRAGMENT.ordinal()]++;
    }

    private FileFlow remember(FileFlow flow, FileFlow before) {
        holes += before != null && before.hasHole() ? 1 : 0;
        FlowKey own = new FlowKey();
        own.set(key);
        flows.put(own, flow);
        return flow;
    }

    private void onPayload(IpPacket packet, FileFlow known, int flags) {
        ByteBuffer b = packet.buffer();
        int tcp = packet.tcpOffset();
        int seq = TcpHeader.seq(b, tcp);
        FileFlow flow = known == null ? remember(FileFlow.found(seq), null) : known;
        if (TcpOptions.isMultipath(b, tcp)) {
            leaveOut(flow);
            return;
        }
        boolean wasJoined = flow.isJoined();
        boolean push = TcpFlags.any(flags, TcpFlags.PSH);
        switch (flow.note(seq, packet.payloadLength(), TcpHeader.ack(b, tcp), push)) {
            case REQUEST -> {
                requests++;
                bytes += flow.newBytes();
                joined += wasJoined ? 0 : 1;
            }
            case CONTINUED -> bytes += flow.newBytes();
            case UNJOINED -> {
                unjoined++;
                unjoinedBytes += flow.newBytes();
            }
            case DUPLICATE -> {}
        }
    }

    /** A line each, indented. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String from = joined == 0 ? "" : String.format(Locale.ROOT, ", %,d of them joined at a request", joined);
        lines.add(String.format(Locale.ROOT, "%,15d  sessions%s", opened + joined, from));
        lines.add(String.format(Locale.ROOT, "%,15d  requests", requests));
        lines.add(String.format(Locale.ROOT, "%,15d  bytes", bytes));
        add(lines, multipath, "sessions not replayed, " + DropReason.MPTCP + ": " + DropReason.MPTCP.text());
        for (DropReason reason : DropReason.values()) {
            add(lines, keptBack[reason.ordinal()], "segments not replayed, " + reason + ": " + reason.text());
        }
        String lost = String.format(
                Locale.ROOT,
                "segments (%,d bytes) not replayed, %s: their SYN was not captured, and no request begins before them",
                unjoinedBytes,
                DropReason.NO_SESSION);
        add(lines, unjoined, lost);
        long open = holes + flows.values().stream().filter(FileFlow::hasHole).count();
        add(lines, open, "sessions not whole, " + DropReason.CAPTURE_GAP + ": packets of the client's are missing");
        return lines;
    }

    private static void add(List<String> lines, long count, String what) {
        if (count > 0) {
            lines.add(String.format(Locale.ROOT, "%,15d  %s", count, what));
        }
    }
}
