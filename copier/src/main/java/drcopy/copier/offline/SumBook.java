// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.wire.IpPacket;
import drcopy.wire.PacketChecksum;

/**
 * Whether the checksums in a file tell anything. A host that was captured before its device filled them in has wrong ones
 * throughout: they do not. Two hosts may share a slot, and be judged as one. One thread.
 */
final class SumBook {
    /** What a packet's checksums are. */
    enum Sum {
        RIGHT,
        /** As {@link PacketChecksum#isLeftToDevice} and its like say: neither right nor damaged. */
        LEFT_TO_DEVICE,
        WRONG
    }

    private static final int SLOT_BITS = 16;

    /** By the hash of the source address: packets with a right sum less those with a wrong one. */
    private final int[] balances = new int[1 << SLOT_BITS];

    /** Notes a packet, once, which is there as a whole. */
    Sum note(IpPacket packet) {
        if (PacketChecksum.isRight(packet)) {
            balances[slot(packet)]++;
            return Sum.RIGHT;
        }
        // One in 65,536 damaged packets looks like that by chance: the rarer kind is believed of no host that fills in
        // its sums.
        if (PacketChecksum.isLeftToDevice(packet)
                || !isTelling(packet) && PacketChecksum.isLeftToSegmentation(packet)) {
            return Sum.LEFT_TO_DEVICE;
        }
        balances[slot(packet)]--;
        return Sum.WRONG;
    }

    /** Whether most sums of this packet's source, of those noted so far, were right. */
    boolean isTelling(IpPacket packet) {
        return balances[slot(packet)] > 0;
    }

    private static int slot(IpPacket packet) {
        long mixed = (packet.sourceHi() * 31 + packet.sourceLo()) * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> 64 - SLOT_BITS);
    }
}
