// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where response records wait that came before the route of their flow: a SYN/ACK overtakes the route push by design. Bounded
 * by number and by time, and by number per flow, so that a flow nobody copies cannot crowd out the others. Records of a flow
 * come out in the order they went in. Allocates at construction only. Owned by the diversion thread.
 *
 * <p>Each place is in two lists: of all by age (to expire and to evict the oldest), and of its flow by age (to be released).
 * The index holds the oldest of each flow, which also knows the youngest and their number.
 */
public final class ParkingTable {
    /** Takes the records of a flow that are released, or one that is evicted. */
    @FunctionalInterface
    public interface RecordSink {
        /** One record; the bytes are valid during the call only. */
        void onRecord(ByteBuffer buffer, int at);
    }

    /** What became of a record. */
    public enum Outcome {
        PARKED,
        /** Parked in the place of the oldest of all. */
        PARKED_EVICTING,
        /** Not parked: its flow has as many as a flow may have. */
        FLOW_FULL
    }

    private static final int NONE = -1;
    private static final int STRIDE = 6;
    private static final int PORTS = 4;
    private static final int PARKED_AT = 5;

    private final int capacity;
    private final int maxPerFlow;
    private final int recordLength;
    private final long timeToLiveNs;
    private final long[] keys;
    private final ByteBuffer records;
    private final int[] older;
    private final int[] younger;
    private final int[] nextOfFlow;
    private final int[] lastOfFlow;
    private final int[] countOfFlow;
    private final SlotIndex byFlow;
    private int freeList;
    private int oldest = NONE;
    private int youngest = NONE;
    private int size;

    public ParkingTable(int capacity, int maxPerFlow, long timeToLiveNs, int recordLength) {
        this.capacity = capacity;
        this.maxPerFlow = maxPerFlow;
        this.timeToLiveNs = timeToLiveNs;
        this.recordLength = recordLength;
        keys = new long[capacity * STRIDE];
        records = ByteBuffer.allocate(capacity * recordLength);
        older = new int[capacity];
        younger = new int[capacity];
        nextOfFlow = new int[capacity];
        lastOfFlow = new int[capacity];
        countOfFlow = new int[capacity];
        byFlow = new SlotIndex(capacity, this::hash);
        Arrays.setAll(younger, i -> i + 1 < capacity ? i + 1 : NONE);
    }

    /** Records parked. */
    public int size() {
        return size;
    }

    /** Copies the record at {@code at} into the table. */
    public Outcome park(FlowKey key, ByteBuffer record, int at, long nowNs) {
        int slot = slotOf(key);
        int head = byFlow.entry(slot);
        if (head != NONE && countOfFlow[head] >= maxPerFlow) {
            return Outcome.FLOW_FULL;
        }
        Outcome outcome = Outcome.PARKED;
        if (size == capacity) {
            dropOldest();
            outcome = Outcome.PARKED_EVICTING;
            head = byFlow.entry(slotOf(key));
        }
        int p = take();
        records.put(p * recordLength, record, at, recordLength);
        store(p, key, nowNs);
        if (head == NONE) {
            lastOfFlow[p] = p;
            countOfFlow[p] = 1;
            byFlow.add(p);
        } else {
            nextOfFlow[lastOfFlow[head]] = p;
            lastOfFlow[head] = p;
            countOfFlow[head]++;
        }
        return outcome;
    }

    /** Hands over the records of this flow, oldest first, and forgets them. Returns how many. */
    public int release(FlowKey key, RecordSink sink) {
        int slot = slotOf(key);
        int p = byFlow.entry(slot);
        if (p == NONE) {
            return 0;
        }
        byFlow.removeAt(slot);
        int count = 0;
        while (p != NONE) {
            int next = nextOfFlow[p];
            sink.onRecord(records, p * recordLength);
            give(p);
            count++;
            p = next;
        }
        return count;
    }

    /** Forgets the records that have waited their time. Returns how many. */
    public int expire(long nowNs) {
        int count = 0;
        while (oldest != NONE && nowNs - keys[oldest * STRIDE + PARKED_AT] >= timeToLiveNs) {
            dropOldest();
            count++;
        }
        return count;
    }

    /** When the oldest record expires, or {@code Long.MAX_VALUE} when there is none. */
    public long nextExpiryNs() {
        return oldest == NONE ? Long.MAX_VALUE : keys[oldest * STRIDE + PARKED_AT] + timeToLiveNs;
    }

    /** The oldest of all is the oldest of its flow, too. */
    private void dropOldest() {
        int p = oldest;
        int slot = slotOf(p);
        int next = nextOfFlow[p];
        if (next == NONE) {
            byFlow.removeAt(slot);
        } else {
            lastOfFlow[next] = lastOfFlow[p];
            countOfFlow[next] = countOfFlow[p] - 1;
            byFlow.replace(slot, next);
        }
        give(p);
    }

    private int take() {
        int p = freeList;
        freeList = younger[p];
        older[p] = youngest;
        younger[p] = NONE;
        nextOfFlow[p] = NONE;
        if (youngest == NONE) {
            oldest = p;
        } else {
            younger[youngest] = p;
        }
        youngest = p;
        size++;
        return p;
    }

    private void give(int p) {
        if (older[p] == NONE) {
            oldest = younger[p];
        } else {
            younger[older[p]] = younger[p];
        }
        if (younger[p] == NONE) {
            youngest = older[p];
        } else {
            older[younger[p]] = older[p];
        }
        younger[p] = freeList;
        freeList = p;
        size--;
    }

    private void store(int p, FlowKey key, long nowNs) {
        int at = p * STRIDE;
        keys[at] = key.clientHi;
        keys[at + 1] = key.clientLo;
        keys[at + 2] = key.serverHi;
        keys[at + 3] = key.serverLo;
        keys[at + PORTS] = ports(key);
        keys[at + PARKED_AT] = nowNs;
    }

    /** The slot of the oldest record of this flow, or the free slot where the probe ends. */
    private int slotOf(FlowKey key) {
        long ports = ports(key);
        int i = byFlow.first((int) ports);
        for (int e; (e = byFlow.entry(i)) >= 0; i = byFlow.next(i)) {
            int at = e * STRIDE;
            if (keys[at + PORTS] == ports
                    && keys[at + 1] == key.clientLo
                    && keys[at + 3] == key.serverLo
                    && keys[at] == key.clientHi
                    && keys[at + 2] == key.serverHi) {
                break;
            }
        }
        return i;
    }

    private int slotOf(int p) {
        int i = byFlow.first(hash(p));
        while (byFlow.entry(i) != p) {
            i = byFlow.next(i);
        }
        return i;
    }

    private int hash(int p) {
        return (int) keys[p * STRIDE + PORTS];
    }

    /** Client port, server port, and the hash of the flow below them. */
    private static long ports(FlowKey key) {
        return (long) key.clientPort << 48 | (long) key.serverPort << 32 | key.hashCode() & 0xffffffffL;
    }
}
