// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * What there is of a packet that came in fragments. Its memory grows with the longest packet that was put together in it, and is
 * used again. Owned by one thread.
 */
final class PartialPacket {
    /** The longest packet of IPv4, and the longest payload of IPv6, bytes: there are no fragments of longer ones. */
    static final int LONGEST = 65_535;
    /** Room for the headers that every fragment repeats. */
    static final int HEADROOM = 256;

    /** Bytes of memory that one takes at most. */
    static final int MOST_BYTES = HEADROOM + LONGEST + 1;

    private static final int FIRST_ROOM = 4_096;
    private static final int UNIT = 8;
    private static final int UNKNOWN = -1;

    /** What became of the packet by one more fragment. */
    enum State {
        /** Something is missing. */
        OPEN,
        WHOLE,
        /** It can no more be put together; what comes of it yet is thrown away. */
        BROKEN
    }

    private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
    /** Which units of 8 bytes are there (RFC 815: what is not is a hole). */
    private final BitSet units = new BitSet((LONGEST + UNIT) / UNIT);

    private boolean isIpv6;
    private int id;
    private int protocol;
    private long sourceHi;
    private long sourceLo;
    private long destinationHi;
    private long destinationLo;
    private long sinceNs;
    private State state = State.BROKEN;
    private int headerLength;
    private int received;
    private int end;

    /** Begins a packet with the first of its fragments to come. */
    void begin(Fragment fragment, long nowNs) {
        isIpv6 = fragment.isIpv6;
        id = fragment.id;
        protocol = fragment.protocol;
        sourceHi = fragment.sourceHi();
        sourceLo = fragment.sourceLo();
        destinationHi = fragment.destinationHi();
        destinationLo = fragment.destinationLo();
        sinceNs = nowNs;
        state = State.OPEN;
        headerLength = 0;
        received = 0;
        end = UNKNOWN;
        units.clear();
    }

    /** RFC 791 3.2: addresses, protocol and identification tell; RFC 8200 4.5: without the protocol. */
    boolean isOf(Fragment fragment) {
        return id == fragment.id
                && isIpv6 == fragment.isIpv6
                && (isIpv6 || protocol == fragment.protocol)
                && sourceLo == fragment.sourceLo()
                && destinationLo == fragment.destinationLo()
                && sourceHi == fragment.sourceHi()
                && destinationHi == fragment.destinationHi();
    }

    /** Takes one more fragment in; what follows a BROKEN one changes nothing. */
    State add(Fragment fragment) {
        if (state == State.OPEN) {
            state = place(fragment);
        }
        return state;
    }

    private State place(Fragment fragment) {
        int from = fragment.from;
        int to = from + fragment.dataLength;
        if (!fragment.isSound || contradictsEnd(fragment, to)) {
            return State.BROKEN;
        }
        int firstUnit = from / UNIT;
        int behind = (to + UNIT - 1) / UNIT;
        int known = units.nextSetBit(firstUnit);
        if (known >= 0 && known < behind) {
            return isRepeated(fragment, firstUnit, behind) ? State.OPEN : State.BROKEN;
        }
        if (!reserve(to)) {
            return State.BROKEN;
        }
        bytes.put(HEADROOM + from, fragment.buffer, fragment.dataOffset, fragment.dataLength);
        units.set(firstUnit, behind);
        received += fragment.dataLength;
        if (from == 0) {
            takeHeaders(fragment);
        }
        if (!fragment.hasMore) {
            end = to;
        }
        return received == end ? finish() : State.OPEN;
    }

    /** Only the last part may end where the packet ends, and nothing lies beyond that. */
    private boolean contradictsEnd(Fragment fragment, int to) {
        if (end != UNKNOWN) {
            return to > end || !fragment.hasMore && to != end;
        }
        return !fragment.hasMore && to < units.length() * UNIT;
    }

    /** RFC 8200 4.5: what overlaps breaks the packet, unless it is an exact duplicate. */
    private boolean isRepeated(Fragment fragment, int firstUnit, int behind) {
        if (units.nextClearBit(firstUnit) < behind) {
            return false;
        }
        for (int i = 0; i < fragment.dataLength; i++) {
            if (bytes.get(HEADROOM + fragment.from + i) != fragment.buffer.get(fragment.dataOffset + i)) {
                return false;
            }
        }
        return true;
    }

    /** False when there is no memory. */
    private boolean reserve(int data) {
        if (HEADROOM + data <= bytes.capacity()) {
            return true;
        }
        int room = Math.max(FIRST_ROOM, Integer.highestOneBit(data - 1) << 1);
        try {
            bytes = ByteBuffer.allocateDirect(HEADROOM + room).put(0, bytes, 0, bytes.capacity());
            return true;
        } catch (OutOfMemoryError e) {
            return false; // -XX:MaxDirectMemorySize
        }
    }

    /** The first fragment's headers become the packet's; the byte that named the fragment header names what was behind it. */
    private void takeHeaders(Fragment fragment) {
        headerLength = fragment.headerLength;
        protocol = fragment.protocol;
        bytes.put(offset(), fragment.buffer, fragment.offset, headerLength);
        bytes.put(offset() + fragment.protocolAt, (byte) fragment.protocol);
    }

    private State finish() {
        int length = headerLength + end;
        if (!isIpv6 && length > LONGEST) {
            return State.BROKEN;
        }
        if (isIpv6) {
            int payload = length - 40;
            bytes.putShort(offset() + 4, (short) payload);
            return payload > LONGEST ? State.BROKEN : State.WHOLE;
        }
        bytes.putShort(offset() + 2, (short) length);
        bytes.putShort(offset() + 6, (short) 0);
        bytes.putShort(offset() + 10, (short) 0);
        bytes.putShort(
                offset() + 10, (short) InternetChecksum.finish(InternetChecksum.sum(bytes, offset(), headerLength, 0)));
        return State.WHOLE;
    }

    State state() {
        return state;
    }

    /** When its first fragment came. */
    long sinceNs() {
        return sinceNs;
    }

    /** The whole packet's bytes, or what there is of it. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Index of the IP header. */
    int offset() {
        return HEADROOM - headerLength;
    }

    /** Bytes of the whole packet. */
    int length() {
        return headerLength + end;
    }

    int protocol() {
        return protocol;
    }

    long destinationHi() {
        return destinationHi;
    }

    long destinationLo() {
        return destinationLo;
    }

    /** The port that its data goes to, or -1 when that part did not come. */
    int destinationPort() {
        return headerLength > 0 ? bytes.getShort(HEADROOM + 2) & 0xffff : -1;
    }
}
