// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import java.nio.ByteBuffer;

/**
 * What a protocol changes in one session's stream on its way to the target: bytes replaced, left out or put in, as the target's
 * own bytes ask for it. It knows bytes, not packets: the engine keeps sequence numbers, acknowledgments, retransmissions and
 * books. Made for a session, called by its shard thread only; must not throw and keeps no buffer that it is given.
 */
public interface ProtocolAdapter {
    /** What is to become of the client's bytes at hand. */
    enum Verdict {
        /** They go as they are; the output is empty. */
        PASS,
        /** They wait, and are offered again when the target has sent more. What is in the output goes before them. */
        HOLD,
        /** The output goes in their place, perhaps nothing. */
        REPLACE,
        /** The session cannot be mirrored: its replica ends, and nothing of it is played any more. */
        SKIP
    }

    /** Payload bytes of each of the target's segments that {@link #onTargetBytes} wants to see at least, 1..65535. */
    int payloadWanted();

    /** A connection to the target stands, the session's first or another one: nothing was said on it yet. */
    void onConnected();

    /** True while the adapter alone decides when the client's bytes go; else they first wait as any session's do. */
    boolean keepsOrder();

    /**
     * The next bytes of the client, in order, {@code at} to {@code at + length} of {@code bytes}. They may begin and end
     * anywhere in a message.
     *
     * @param end sequence number behind them, in the client's space
     * @param mayHold false when they were held for too long: another HOLD counts as SKIP
     */
    Verdict onClientBytes(ByteBuffer bytes, int at, int length, int end, boolean mayHold, AdapterOutput out);

    /**
     * The target has sent {@code length} more bytes, in order, of which the first {@code shown} are at {@code at}. What is put
     * in the output goes to the target behind all that went before.
     *
     * @return false when the session cannot be mirrored
     */
    boolean onTargetBytes(ByteBuffer bytes, int at, int shown, int length, AdapterOutput out);

    /**
     * Bytes that online sent to the client, when some of them are captured; not in order of the calls above, and not all.
     *
     * @param ack the client's bytes that online had taken then: the sequence number behind them, in the client's space
     */
    void onOnlineBytes(ByteBuffer bytes, int at, int length, int ack);
}
