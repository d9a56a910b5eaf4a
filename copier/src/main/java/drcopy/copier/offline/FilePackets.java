// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.netio.PacketHandler;
import drcopy.netio.PcapFileSource;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.Seq;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The packets of a file in their order, each with what is known of it. A file does not say whether a device has verified a
 * checksum. A packet whose sum is wrong was damaged, and online did not take it, when most of its source's sums are right, or when
 * a copy of all its bytes with a right sum follows. To know, the file is read ahead, which only a wrong sum causes: {@value
 * #AHEAD_SECONDS} s of the capture or {@value #AHEAD_BYTES} bytes, whichever is less. One thread.
 */
final class FilePackets {
    private static final int AHEAD_SECONDS = 3;
    private static final int AHEAD_BYTES = 8 << 20;
    private static final long AHEAD_NS = TimeUnit.SECONDS.toNanos(AHEAD_SECONDS);

    private final PcapFileSource file;
    private final Wanted wanted;
    private final SumBook sums = new SumBook();
    private final Deque<AheadPacket> ahead = new ArrayDeque<>();
    /** Those of {@link #ahead} that a packet with a wrong sum may be a copy of, in their order. */
    private final Map<FlowKey, Deque<AheadPacket>> copies = new HashMap<>();

    private final IpPacket scratch = new IpPacket();
    private int aheadBytes;
    /** Null when the packet is the one that the file is at. */
    private AheadPacket current;

    private boolean isDamaged;
    private long untold;

    /** @param wanted is handed every packet */
    FilePackets(PcapFileSource file, Wanted wanted) {
        this.file = file;
        this.wanted = wanted;
    }

    /**
     * Moves on to the next packet, of whatever service.
     *
     * @return false at the end
     */
    boolean next() {
        isDamaged = false;
        current = ahead.poll();
        if (current != null) {
            leave(current);
        } else if (!file.next()) {
            return false;
        }
        handTo(wanted);
        if (wanted.transfer() != null && !wanted.isSnapped()) {
            SumBook.Sum sum = current == null ? sums.note(wanted.packet()) : current.sum();
            isDamaged = sum == SumBook.Sum.WRONG && isDamage();
        }
        return true;
    }

    private boolean isDamage() {
        if (current == null) {
            current = AheadPacket.of(file);
            current.is(wanted.packet(), SumBook.Sum.WRONG);
            current.handTo(wanted::moved);
        }
        readAhead();
        boolean isDamage = isRepeated(current) || sums.isTelling(wanted.packet());
        untold += isDamage ? 0 : 1;
        return isDamage;
    }

    private void readAhead() {
        while (aheadBytes < AHEAD_BYTES
                && (ahead.isEmpty() || ahead.getLast().timestampNs() - current.timestampNs() <= AHEAD_NS)
                && file.next()) {
            AheadPacket packet = AheadPacket.of(file);
            packet.handTo((buffer, offset, captured, wire, timestampNs) -> {
                if (scratch.wrapHeaders(buffer, offset, captured, wire) == PacketDefect.NONE
                        && wanted.transferOf(scratch) != null
                        && scratch.totalLength() <= captured) {
                    enter(packet, scratch);
                }
            });
            ahead.add(packet);
            aheadBytes += packet.length();
        }
    }

    private void enter(AheadPacket packet, IpPacket segment) {
        packet.is(segment, sums.note(segment));
        if (packet.sum() != SumBook.Sum.WRONG) {
            copies.computeIfAbsent(packet.key(), key -> new ArrayDeque<>()).add(packet);
        }
    }

    private void leave(AheadPacket packet) {
        aheadBytes -= packet.length();
        if (packet.sum() != null && packet.sum() != SumBook.Sum.WRONG) {
            Deque<AheadPacket> ofFlow = copies.get(packet.key());
            ofFlow.remove();
            if (ofFlow.isEmpty()) {
                copies.remove(packet.key());
            }
        }
    }

    /** Whether all it brings comes once more, with right sums. */
    private boolean isRepeated(AheadPacket packet) {
        Deque<AheadPacket> ofFlow = copies.get(packet.key());
        if (packet.seq() == packet.end() || ofFlow == null) {
            return false;
        }
        int reached = packet.seq();
        boolean goesOn = true;
        while (goesOn && Seq.lessThan(reached, packet.end())) {
            int from = reached;
            for (AheadPacket copy : ofFlow) {
                if (Seq.lessOrEqual(copy.seq(), reached) && Seq.lessThan(reached, copy.end())) {
                    reached = copy.end();
                }
            }
            goesOn = reached != from;
        }
        return Seq.greaterOrEqual(reached, packet.end());
    }

    /** Whether it was damaged on its way to online, which did not take it. */
    boolean isDamaged() {
        return isDamaged;
    }

    /** Hands over the packet that {@link #next} came to. Its bytes belong to the caller, who may change them. */
    void handTo(PacketHandler handler) {
        if (current == null) {
            file.handTo(handler);
        } else {
            current.handTo(handler);
        }
    }

    long timestampNs() {
        return current == null ? file.timestampNs() : current.timestampNs();
    }

    /** Segments so far whose sum is wrong, as most of their source's are. */
    long untold() {
        return untold;
    }
}
