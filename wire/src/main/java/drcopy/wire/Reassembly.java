// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;

/**
 * Puts packets together of their fragments (RFC 791 section 3.2, RFC 8200 section 4.5, RFC 815): at most {@value #MOST} at a time,
 * the oldest gives way to the next. Memory is taken as it is needed, off the heap, {@link #MOST_BYTES} at most, and a steady state
 * allocates nothing. A packet is given up {@value #PATIENCE_S} s after its first fragment, and when fragments of it overlap. Owned
 * by one thread.
 */
public final class Reassembly {
    /** Packets that are put together at a time. */
    static final int MOST = 32;
    /** Bytes of memory that one takes at most. */
    public static final int MOST_BYTES = MOST * PartialPacket.MOST_BYTES;

    private static final int PATIENCE_S = 5;
    private static final long PATIENCE_NS = PATIENCE_S * 1_000_000_000L;

    private final boolean takesDatagrams;
    private final Lost lost;
    private final Fragment fragment = new Fragment();
    private final PartialPacket[] packets = new PartialPacket[MOST];
    private int used;
    private PartialPacket whole;
    private long nowNs;

    /** Hears of packets that could not be put together, each once. */
    @FunctionalInterface
    public interface Lost {
        /**
         * A part or several of a packet came, and it was given up.
         *
         * @param isDatagram whether it carried UDP
         * @param destinationHi address that it went to, as {@link IpPacket} has it
         * @param destinationLo low half of it
         * @param destinationPort port that it went to; -1 when the part that names it did not come
         */
        void onLost(boolean isDatagram, long destinationHi, long destinationLo, int destinationPort);
    }

    /** @param takesDatagrams whether packets of UDP are put together, besides those of TCP */
    public Reassembly(boolean takesDatagrams, Lost lost) {
        this.takesDatagrams = takesDatagrams;
        this.lost = lost;
    }

    /**
     * Takes a packet in of which {@link IpPacket} says that it is a {@link PacketDefect#FRAGMENT}.
     *
     * @param capturedLength bytes present from {@code offset}
     * @return true when that made a packet whole: {@link #buffer}, {@link #offset} and {@link #length} tell where it is
     */
    public boolean add(ByteBuffer buffer, int offset, int capturedLength) {
        if (!fragment.wrap(buffer, offset, capturedLength) || !isWanted(fragment.protocol)) {
            return false;
        }
        PartialPacket packet = find();
        boolean wasOpen = packet.state() == PartialPacket.State.OPEN;
        switch (packet.add(fragment)) {
            case OPEN -> {}
            case WHOLE -> {
                whole = packet;
                release(packet);
                return true;
            }
            case BROKEN -> {
                if (wasOpen) {
                    tell(packet);
                }
            }
        }
        return false;
    }

    /** Behind an extension header there may be either. */
    private boolean isWanted(int protocol) {
        return switch (protocol) {
            case IpPacket.PROTOCOL_TCP, 0, 43, 60 -> true;
            case IpPacket.PROTOCOL_UDP -> takesDatagrams;
            default -> false;
        };
    }

    private PartialPacket find() {
        int oldest = 0;
        for (int i = 0; i < used; i++) {
            if (packets[i].isOf(fragment)) {
                return packets[i];
            }
            if (packets[i].sinceNs() - packets[oldest].sinceNs() < 0) {
                oldest = i;
            }
        }
        if (used == MOST) {
            giveUp(oldest);
        }
        if (packets[used] == null) {
            packets[used] = new PartialPacket();
        }
        PartialPacket packet = packets[used++];
        packet.begin(fragment, nowNs);
        return packet;
    }

    /** Its place is free for another; its bytes stay until that comes. */
    private void release(PartialPacket packet) {
        int i = 0;
        while (packets[i] != packet) {
            i++;
        }
        release(i);
    }

    /** The order of those that came at the same time is kept: the oldest of them is the first. */
    private void release(int index) {
        PartialPacket packet = packets[index];
        System.arraycopy(packets, index + 1, packets, index, --used - index);
        packets[used] = packet;
    }

    private void giveUp(int index) {
        PartialPacket packet = packets[index];
        if (packet.state() == PartialPacket.State.OPEN) {
            tell(packet);
        }
        release(index);
    }

    private void tell(PartialPacket packet) {
        boolean isDatagram = packet.protocol() == IpPacket.PROTOCOL_UDP;
        lost.onLost(isDatagram, packet.destinationHi(), packet.destinationLo(), packet.destinationPort());
    }

    /** Gives up what is too old. To be called about once a second, or before each fragment; on any one clock. */
    public void tick(long nowNs) {
        this.nowNs = nowNs;
        for (int i = used - 1; i >= 0; i--) {
            if (nowNs - packets[i].sinceNs() > PATIENCE_NS) {
                giveUp(i);
            }
        }
    }

    /** Gives up all that is not whole: no more fragments come. */
    public void end() {
        while (used > 0) {
            giveUp(used - 1);
        }
    }

    /** Big-endian, with the packet that became whole; until the next call of {@link #add}. */
    public ByteBuffer buffer() {
        return whole.bytes();
    }

    /** Index of its IP header. */
    public int offset() {
        return whole.offset();
    }

    /** Its bytes. */
    public int length() {
        return whole.length();
    }
}
