// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

/**
 * When a thread looks for packets next. One that comes alone is read at once. When reads come close together, each is followed by a
 * rest, as network devices moderate their interrupts: what comes meanwhile shares a wake-up, a message and a system call. While there is a
 * brisk connection, whose next request may depend on each response, nothing rests, nor while one is opened again, because its request is
 * late already. Owned by one thread; allocates nothing.
 */
public final class Moderation {
    /** Length of a rest, nanoseconds: what a packet is late at most. */
    public static final long REST_NS = 4_000_000L;

    /** Reads closer together than this are followed by a rest. */
    static final long CLOSE_NS = 2 * REST_NS;
    /** A brisk connection's responses come closer together than this, with the rests of two hosts and a way to the target of 20 ms between. */
    static final long BRISK_NS = 8 * REST_NS;
    /** So many reads, each with a response close to the one before, make a connection brisk; one with a single request has fewer. */
    static final int BRISK_READS = 8;

    /** An opening takes two reads of each host. */
    static final long REOPENING_NS = 2 * REST_NS;

    private static final int CELL_BITS = 10;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    /** The connections heard of last, by a hash of their ids; one may push out another. */
    private final long[] ids = new long[1 << CELL_BITS];

    private final long[] heardNs = new long[1 << CELL_BITS];
    private final byte[] streaks = new byte[1 << CELL_BITS];
    private long readNs = Long.MIN_VALUE / 2;
    private long briskNs = Long.MIN_VALUE / 2;
    private long reopeningNs = Long.MIN_VALUE / 2;
    private long untilNs = Long.MIN_VALUE / 2;

    /**
     * A response of this connection was read that holds payload: what acknowledges an upload may be late.
     *
     * @param nowNs time of the read, monotonic; several responses of one read count once
     */
    public void heard(long id, long nowNs) {
        int cell = cell(id);
        long sinceNs = nowNs - heardNs[cell];
        if (ids[cell] != id || sinceNs >= BRISK_NS) {
            ids[cell] = id;
            streaks[cell] = 0;
        } else if (sinceNs == 0) {
            return;
        }
        heardNs[cell] = nowNs;
        streaks[cell] = (byte) Math.min(streaks[cell] + 1, BRISK_READS);
        if (streaks[cell] == BRISK_READS) {
            briskNs = nowNs;
        }
    }

    /**
     * A target accepts this connection. If it has answered before, it is opened again.
     *
     * @param nowNs time of the read, monotonic
     */
    public void accepted(long id, long nowNs) {
        if (ids[cell(id)] == id) {
            reopened(nowNs);
        }
    }

    /** A connection was opened again at that time, monotonic. */
    public void reopened(long atNs) {
        reopeningNs = atNs;
    }

    private static int cell(long id) {
        return (int) (id * SPREAD >>> 64 - CELL_BITS);
    }

    /** There was something to read at that time, and nothing is left. */
    public void read(long nowNs) {
        boolean isWanted = nowNs - briskNs < BRISK_NS || nowNs - reopeningNs < REOPENING_NS;
        boolean rests = nowNs - readNs < CLOSE_NS && !isWanted;
        untilNs = rests ? nowNs + REST_NS : nowNs;
        readNs = nowNs;
    }

    /** True when what comes is to be left where it is until {@link #untilNs}. */
    public boolean isResting(long nowNs) {
        return nowNs - untilNs < 0;
    }

    /** When the rest ends. */
    public long untilNs() {
        return untilNs;
    }
}
