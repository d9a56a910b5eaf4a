// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import drcopy.wire.FlowKey;
import java.util.Arrays;

/**
 * The routes of all streams: found by flow, by stream and route id, and stream by stream. An entry is an int that stays valid
 * until the route is removed. Allocates only when it grows, by pages of 1024; bounded. Owned by the diversion thread.
 *
 * <p>Eight longs an entry, a cache line: client address (2), target address (2), ports and flow hash, route id, neighbours
 * in the list of the stream, then stream, payload wanted and snapshot mark.
 */
public final class RouteTable {
    /** No such route. */
    public static final int NONE = -1;
    /** Streams are 1..{@value}. */
    public static final int MAX_STREAM = 1023;

    private static final int STRIDE = 8;
    private static final int PAGE_SHIFT = 10;
    private static final int PAGE_MASK = (1 << PAGE_SHIFT) - 1;
    private static final int CLIENT_HI = 0;
    private static final int CLIENT_LO = 1;
    private static final int SERVER_HI = 2;
    private static final int SERVER_LO = 3;
    private static final int PORTS = 4;
    private static final int ROUTE_ID = 5;
    private static final int LINKS = 6;
    private static final int OWNER = 7;
    private static final int INITIAL_ROUTES = 1 << PAGE_SHIFT;

    private final int maxRoutes;
    private final SlotIndex byFlow = new SlotIndex(INITIAL_ROUTES, this::flowHash);
    private final SlotIndex byId = new SlotIndex(INITIAL_ROUTES, e -> idHash(stream(e), routeId(e)));
    private final int[] firstOfStream = new int[MAX_STREAM + 1];
    private final int[] countOfStream = new int[MAX_STREAM + 1];
    private final int[] markOfStream = new int[MAX_STREAM + 1];
    private long[][] pages = {new long[STRIDE << PAGE_SHIFT]};
    private int freeList = NONE;
    private int used;
    private int size;

    /** @param maxRoutes at most this many routes; each takes about 90 bytes */
    public RouteTable(int maxRoutes) {
        this.maxRoutes = maxRoutes;
        Arrays.fill(firstOfStream, NONE);
    }

    /** Routes registered. */
    public int size() {
        return size;
    }

    /** Routes of one stream. */
    public int size(int stream) {
        return countOfStream[stream];
    }

    /** True when the next {@link #add} has no room. */
    public boolean isFull() {
        return size >= maxRoutes;
    }

    /** The entry of this flow, or {@link #NONE}. */
    public int find(FlowKey key) {
        int hash = key.hashCode();
        for (int i = byFlow.first(hash), e; (e = byFlow.entry(i)) >= 0; i = byFlow.next(i)) {
            if (matches(e, key, hash)) {
                return e;
            }
        }
        return NONE;
    }

    /** The entry of this route of this stream, or {@link #NONE}. */
    public int find(int stream, long routeId) {
        int hash = idHash(stream, routeId);
        for (int i = byId.first(hash), e; (e = byId.entry(i)) >= 0; i = byId.next(i)) {
            if (routeId(e) == routeId && stream(e) == stream) {
                return e;
            }
        }
        return NONE;
    }

    public long routeId(int entry) {
        return get(entry, ROUTE_ID);
    }

    /** The stream that owns this route. */
    public int stream(int entry) {
        return (int) (get(entry, OWNER) >>> 48);
    }

    /** Payload bytes wanted of each response, 0..65535. */
    public int payloadWanted(int entry) {
        return (int) (get(entry, OWNER) >>> 32) & 0xffff;
    }

    /** Registers a route whose flow has none and whose id is new to its stream. The caller asks {@link #isFull} first. */
    public int add(FlowKey key, int stream, long routeId, int payloadWanted) {
        int e = take();
        set(e, CLIENT_HI, key.clientHi);
        set(e, CLIENT_LO, key.clientLo);
        set(e, SERVER_HI, key.serverHi);
        set(e, SERVER_LO, key.serverLo);
        set(e, PORTS, ports(key, key.hashCode()));
        set(e, ROUTE_ID, routeId);
        set(e, OWNER, (long) stream << 48 | (long) payloadWanted << 32 | markOfStream[stream] & 0xffffffffL);
        link(e, stream);
        byFlow.add(e);
        byId.add(e);
        size++;
        return e;
    }

    /** Drops a route. */
    public void remove(int entry) {
        byFlow.remove(entry);
        byId.remove(entry);
        unlink(entry);
        set(entry, LINKS, freeList);
        freeList = entry;
        size--;
    }

    /** Drops the routes of a stream and returns how many there were. */
    public int removeStream(int stream) {
        int count = countOfStream[stream];
        while (firstOfStream[stream] != NONE) {
            remove(firstOfStream[stream]);
        }
        return count;
    }

    /** From now on the stream's routes that are not added again are marked for {@link #sweep}. */
    public void beginSnapshot(int stream) {
        markOfStream[stream]++;
    }

    /** Drops the stream's routes that were not added since {@link #beginSnapshot}; returns how many. */
    public int sweep(int stream) {
        int count = 0;
        int mark = markOfStream[stream];
        for (int e = firstOfStream[stream]; e != NONE; ) {
            int next = nextOf(e);
            if ((int) get(e, OWNER) != mark) {
                remove(e);
                count++;
            }
            e = next;
        }
        return count;
    }

    private int take() {
        if (freeList != NONE) {
            int e = freeList;
            freeList = (int) get(e, LINKS);
            return e;
        }
        if (used >>> PAGE_SHIFT == pages.length) {
            pages = Arrays.copyOf(pages, pages.length + 1);
            pages[pages.length - 1] = new long[STRIDE << PAGE_SHIFT];
        }
        return used++;
    }

    private void link(int e, int stream) {
        int head = firstOfStream[stream];
        links(e, NONE, head);
        if (head != NONE) {
            links(head, e, nextOf(head));
        }
        firstOfStream[stream] = e;
        countOfStream[stream]++;
    }

    private void unlink(int e) {
        int stream = stream(e);
        int previous = previousOf(e);
        int next = nextOf(e);
        if (previous == NONE) {
            firstOfStream[stream] = next;
        } else {
            links(previous, previousOf(previous), next);
        }
        if (next != NONE) {
            links(next, previous, nextOf(next));
        }
        countOfStream[stream]--;
    }

    private void links(int e, int previous, int next) {
        set(e, LINKS, (long) previous << 32 | next & 0xffffffffL);
    }

    private int previousOf(int e) {
        return (int) (get(e, LINKS) >> 32);
    }

    private int nextOf(int e) {
        return (int) get(e, LINKS);
    }

    private boolean matches(int e, FlowKey key, int hash) {
        return get(e, PORTS) == ports(key, hash)
                && get(e, CLIENT_LO) == key.clientLo
                && get(e, SERVER_LO) == key.serverLo
                && get(e, CLIENT_HI) == key.clientHi
                && get(e, SERVER_HI) == key.serverHi;
    }

    private static long ports(FlowKey key, int hash) {
        return (long) key.clientPort << 48 | (long) key.serverPort << 32 | hash & 0xffffffffL;
    }

    private long get(int e, int field) {
        return pages[e >>> PAGE_SHIFT][(e & PAGE_MASK) * STRIDE + field];
    }

    private void set(int e, int field, long value) {
        pages[e >>> PAGE_SHIFT][(e & PAGE_MASK) * STRIDE + field] = value;
    }

    private int flowHash(int e) {
        return (int) get(e, PORTS);
    }

    /** Fibonacci hashing: route ids count up, the multiplier spreads them. */
    private static int idHash(int stream, long routeId) {
        return (int) ((routeId * 31 + stream) * 0x9e3779b97f4a7c15L >>> 32);
    }
}
