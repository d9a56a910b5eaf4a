// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.Seq;
import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What was last captured of connections that have no session, so that the beginning of a request can be told. A fixed number of
 * places; a newer connection takes the place of an older one with the same hash. Owned by the shard thread.
 */
final class JoinMemory {
    private static final int PLACES = 1 << 16;
    /** Further away in the sequence space lies another connection of the same key. */
    private static final int MOST_AWAY = 1 << 27;

    private final long joinIdleNs;
    private final long[] hashes = new long[PLACES];
    private final long[] seenNs = new long[PLACES];
    private final int[] acks = new int[PLACES];
    private final int[] ends = new int[PLACES];
    private final byte[] states = new byte[PLACES];
    /** Made when a place is first used. */
    private final HttpFraming[] framings = new HttpFraming[PLACES];

    private long listeningSinceNs;
    private boolean isListening;

    private static final byte FREE = 0;
    private static final byte ONLY_ACKS = 1;
    private static final byte PAYLOAD = 2;
    private static final byte PUSHED_PAYLOAD = 3;

    JoinMemory(long joinIdleNs) {
        this.joinIdleNs = joinIdleNs;
    }

    /**
     * Notes a segment of a connection without session.
     *
     * @param hash of the session's key; never two keys with the same, in practice
     * @return true when a request begins here: it follows what was captured last, and that was pushed and the client has
     *     heard more of online's since, or the client was silent for long enough
     */
    boolean observe(long hash, int seq, int length, int ack, int flags, long nowNs) {
        if (!isListening) {
            isListening = true;
            listeningSinceNs = nowNs;
        }
        int at = place(hash);
        boolean isKnown = isKnown(at, hash, seq);
        boolean isRequest =
                length > 0 && (isKnown ? begins(at, seq, ack, nowNs) : isSilentSince(listeningSinceNs, nowNs));
        if (!isKnown) {
            if (states[at] != FREE && !isSilentSince(seenNs[at], nowNs)) {
                listeningSinceNs = nowNs; // what is forgotten here could come back and look silent
            }
            hashes[at] = hash;
            states[at] = ONLY_ACKS;
            ends[at] = seq;
        }
        seenNs[at] = nowNs;
        ends[at] = Seq.max(ends[at], seq + length);
        if (length > 0) {
            acks[at] = ack;
            states[at] = TcpFlags.any(flags, TcpFlags.PSH) ? PUSHED_PAYLOAD : PAYLOAD;
        }
        return isRequest;
    }

    /**
     * Follows the messages of a connection without session; to be called for a segment with payload before {@link #observe}.
     *
     * @param payload holds {@code length} bytes from {@code from} on
     * @return false when they are known to continue a message
     */
    boolean mayBegin(long hash, int seq, ByteBuffer payload, int from, int length) {
        int at = place(hash);
        HttpFraming framing = framings[at];
        if (framing == null) {
            framing = new HttpFraming();
            framings[at] = framing;
        }
        boolean isKnown = isKnown(at, hash, seq);
        if (!isKnown || !framing.isHttp()) {
            framing.forget(); // until a request is seen
        }
        int missing = isKnown ? Seq.distance(ends[at], seq) : 0;
        framing.skip(Math.max(0, missing));
        int old = Math.min(length, Math.max(0, -missing));
        return framing.take(payload, from + old, length - old, false);
    }

    private static int place(long hash) {
        return (int) (hash >>> 24) & PLACES - 1;
    }

    private boolean isKnown(int at, long hash, int seq) {
        return states[at] != FREE && hashes[at] == hash && Math.abs((long) Seq.distance(ends[at], seq)) < MOST_AWAY;
    }

    /** The connection has a session now, or is over. */
    void forget(long hash) {
        int at = place(hash);
        if (hashes[at] == hash) {
            states[at] = FREE;
        }
    }

    /** What was noted belongs to a time that is over. */
    void forgetAll() {
        Arrays.fill(states, FREE);
        isListening = false;
    }

    private boolean begins(int at, int seq, int ack, long nowNs) {
        boolean isNext = seq == ends[at];
        boolean isAdvanced = states[at] == PUSHED_PAYLOAD && Seq.greaterThan(ack, acks[at]);
        return isNext && (isAdvanced || isSilentSince(seenNs[at], nowNs));
    }

    private boolean isSilentSince(long sinceNs, long nowNs) {
        return joinIdleNs > 0 && nowNs - sinceNs >= joinIdleNs;
    }
}
