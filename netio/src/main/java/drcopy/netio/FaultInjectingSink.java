// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * A sink before another that loses, doubles and reorders packets, the same ones for the same seed: a bad network for tests and
 * for operators who want to see one. Owned by one thread.
 */
public final class FaultInjectingSink implements PacketSink {
    private static final int ROOM = 65536;

    /**
     * How often, each from 0 to 1 and independent of the others.
     *
     * @param drop share of packets that are lost
     * @param duplicate share of packets that are sent twice
     * @param reorder share of packets that are sent after their successor
     */
    public record Faults(double drop, double duplicate, double reorder) {
        /** Checks the ranges. */
        public Faults {
            for (double share : new double[] {drop, duplicate, reorder}) {
                if (!(share >= 0 && share <= 1)) {
                    throw new IllegalArgumentException("share " + share + ": must be 0..1");
                }
            }
        }
    }

    private final PacketSink next;
    private final Faults faults;
    private final SplittableRandom random;
    private final ByteBuffer room = ByteBuffer.allocate(ROOM);
    private final ByteBuffer held = ByteBuffer.allocate(ROOM);
    private int heldLength;
    private boolean isHeldSinceFlush;
    private long dropped;
    private long duplicated;
    private long reordered;

    /** A sink that passes on to {@code next}, and closes it. */
    public FaultInjectingSink(PacketSink next, Faults faults, long seed) {
        this.next = next;
        this.faults = faults;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public ByteBuffer claim() {
        return room;
    }

    @Override
    public void commit(int length) {
        // All three are drawn for every packet, so that one share does not shift the choices of another.
        boolean isLost = random.nextDouble() < faults.drop;
        boolean isDouble = random.nextDouble() < faults.duplicate;
        boolean isLate = random.nextDouble() < faults.reorder;
        if (isLost) {
            dropped++;
        } else if (isLate && heldLength == 0) {
            reordered++;
            held.put(0, room, 0, length);
            heldLength = length;
            isHeldSinceFlush = false;
        } else {
            pass(room, length);
            if (isDouble) {
                duplicated++;
                pass(room, length);
            }
            passHeld();
        }
    }

    private void pass(ByteBuffer packet, int length) {
        next.claim().put(0, packet, 0, length);
        next.commit(length);
    }

    private void passHeld() {
        if (heldLength > 0) {
            pass(held, heldLength);
            heldLength = 0;
        }
    }

    /** A packet held back waits for one more flush, so that its successor may still overtake it. */
    @Override
    public void flush() {
        if (isHeldSinceFlush) {
            passHeld();
        }
        isHeldSinceFlush = heldLength > 0;
        next.flush();
    }

    /** Packets lost so far. */
    public long dropped() {
        return dropped;
    }

    /** Packets sent twice so far. */
    public long duplicated() {
        return duplicated;
    }

    /** Packets held back so far. */
    public long reordered() {
        return reordered;
    }

    @Override
    public void close() {
        next.close();
    }
}
