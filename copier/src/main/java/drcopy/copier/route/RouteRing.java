// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import drcopy.copier.session.RouteSink;
import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the engine announces on its way to the {@link RouteLoop}: a bounded ring of primitive records. An announcement that finds no room is refused and comes again; a removal that finds none
 * waits on the writer's side until {@link #flush}: it is never lost.
 */
public final class RouteRing implements RouteSink {
    private static final int SLOT_LENGTH = 64;
    private static final int KIND = RouteRecord.LENGTH;
    private static final byte ADD = 1;
    private static final byte REMOVE = 2;

    private final ByteBuffer slots;
    private final int capacity;
    private final int payloadWanted;
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    /** Writer's side: what {@link #written} will be, and what {@link #read} was when last looked at. */
    private long tail;

    private long seenHead;
    private long[] waiting = new long[64];
    private int waitingCount;

    /** A ring whose routes ask for headers only. */
    public RouteRing(int capacity) {
        this(capacity, 0);
    }

    /**
     * @param capacity records, a power of two
     * @param payloadWanted payload bytes of each response that every route asks for, 0..65535
     */
    public RouteRing(int capacity, int payloadWanted) {
        this.payloadWanted = payloadWanted;
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity " + capacity + " must be a power of two");
        }
        this.capacity = capacity;
        this.slots = ByteBuffer.allocate(capacity * SLOT_LENGTH);
    }

    /** Payload bytes of each response that every route asks for. */
    int payloadWanted() {
        return payloadWanted;
    }

    /** Takes the records off the ring. {@code onAdd} gets a record in place, valid during the call. */
    public interface Reader {
        void onAdd(ByteBuffer records, int at);

        void onRemove(long routeId);
    }

    @Override
    public boolean add(long routeId, FlowKey replica, int instanceId) {
        int at = claim();
        if (at < 0) {
            return false;
        }
        RouteRecord.put(slots, at, routeId, replica, instanceId, payloadWanted);
        slots.put(at + KIND, ADD);
        tail++;
        return true;
    }

    @Override
    public void remove(long routeId) {
        int at = claim();
        if (at < 0) {
            if (waitingCount == waiting.length) {
                waiting = Arrays.copyOf(waiting, waitingCount * 2);
            }
            waiting[waitingCount++] = routeId;
            return;
        }
        putRemoval(at, routeId);
    }

    private void putRemoval(int at, long routeId) {
        slots.putLong(at, routeId);
        slots.put(at + KIND, REMOVE);
        tail++;
    }

    private int claim() {
        if (tail - seenHead >= capacity) {
            seenHead = read.get();
            if (tail - seenHead >= capacity) {
                return -1;
            }
        }
        return (int) (tail & capacity - 1) * SLOT_LENGTH;
    }

    /**
     * Shows the reader what was written since the last call. Writer's thread.
     *
     * @return true when there is something to read
     */
    public boolean flush() {
        while (waitingCount > 0) {
            int at = claim();
            if (at < 0) {
                break;
            }
            putRemoval(at, waiting[--waitingCount]);
        }
        if (tail == written.getPlain()) {
            return false;
        }
        written.setRelease(tail);
        return true;
    }

    /** Hands over at most {@code limit} records. Reader's thread. */
    public int drain(Reader reader, int limit) {
        long head = read.getPlain();
        int count = (int) Math.min(limit, written.getAcquire() - head);
        for (int i = 0; i < count; i++) {
            int at = (int) (head + i & capacity - 1) * SLOT_LENGTH;
            if (slots.get(at + KIND) == ADD) {
                reader.onAdd(slots, at);
            } else {
                reader.onRemove(slots.getLong(at));
            }
        }
        read.setRelease(head + count);
        return count;
    }

    /** True when {@link #drain} has nothing to hand over. Reader's thread. */
    boolean isEmpty() {
        return written.getAcquire() == read.getPlain();
    }
}
