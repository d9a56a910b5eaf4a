// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.DropReason;
import drcopy.wire.Seq;

/**
 * One client connection as captured, for one instance ID: the client's side of it (client space, and onlineAck in online
 * space) and what of its stream still waits. At most one live {@link Replica} plays it at a time; when that one ends, the next
 * request opens another. Owned by the shard thread.
 */
final class Session extends FlowEntry {
    /** Value of {@link #clientShift} when no SYN was captured. */
    static final int UNKNOWN_SHIFT = -2;
    /** Value of {@link #clientShift} when the client's SYN had no window scale option. */
    static final int NO_SHIFT = -1;

    private static final byte[] NO_OPTIONS = {};

    /** The IDs that play the flow. */
    final InstanceSet instances;

    final Target target;
    final long sourceHi;
    final long sourceLo;
    final int clientPort;

    /** The client's ISN; of a session joined in mid-stream the number before its first byte. */
    int iss;
    /** Options of the client's SYN that are sent on; empty when none was captured. */
    byte[] synOptions = NO_OPTIONS;

    int synWindow = 65_535;
    int clientShift = UNKNOWN_SHIFT;
    boolean offersTimestamps;
    /** Its client offers Multipath TCP, or its SYN was not captured; false once that is found out. */
    boolean mayBeMultipath = true;

    boolean offersSack;

    /** End of the contiguous captured client stream. */
    int clientNxt;
    /** Highest SEG.ACK seen from the client. */
    int onlineAck;
    /** SEG.ACK of the last payload segment in sequence; online's ISN + 1 before the first. */
    int requestAck;

    boolean isRequestAckKnown;
    /** The client was captured to acknowledge online's SYN before it sent payload. */
    boolean isGreetingKnown;
    /** Bytes of online's that the client had seen before its first; a new connection of the session waits for as many. */
    int greeting;
    /** What lies just below clientNxt was captured and had PSH: a request may begin here. */
    boolean isLastPushed;
    /** SEG.SEQ and SEG.ACK of the last pure ACK captured. */
    int pureAckSeq;

    int pureAck;

    long lastClientNs;
    /** The same on the clock that the client's silence is measured by: before the segment at hand, and of it. */
    long lastSeenNs;

    long seenNs;
    /** A payload segment far from the stream came last; where it ends. */
    boolean hasFar;

    int farEnd;
    int windowField = -1;
    int tsVal;
    int trafficClass;
    int flowLabel;

    /** The client's FIN or RST has been captured in sequence: its stream has no more. */
    boolean isStreamOver;
    /** Which of its bytes continue a message. */
    final HttpFraming framing = new HttpFraming();
    /** Drops the client's stream until a request begins: the one before was broken. */
    boolean isSeeking;

    DropReason seekReason = DropReason.SESSION_CLOSED;
    /** In the table of sessions; false once a new connection took the key. */
    boolean isCurrent;

    boolean isForgotten;

    /** In sequence, from the first segment that the target has not acknowledged. */
    final SegmentQueue queue = new SegmentQueue();
    /** Beyond a hole at clientNxt. */
    final SegmentQueue beyond = new SegmentQueue();
    /** First segment of the last request in {@link #queue}, or null when that is gone. */
    Segment lastRequest;
    /** When the hole is given up, or NEVER. */
    long gapAtNs = TimerHeap.NEVER;
    /** Payload bytes held. */
    int heldBytes;

    /** What its protocol changes in its stream; null when nothing. */
    ProtocolAdapter adapter;
    /** Its adapter has given it up, or it is Multipath TCP: nothing of it is played any more. */
    boolean isSkipped;

    /** The live replica, or null. */
    Replica replica;

    boolean hasHadReplica;
    /** The last replica, kept to answer late segments, or null. */
    Replica lingering;

    Session(InstanceSet instances, int instanceId, SegmentView view) {
        this.key.set(view.key);
        this.instances = instances;
        this.tag = instanceId;
        this.target = view.target;
        this.sourceHi = view.sourceHi;
        this.sourceLo = view.sourceLo;
        this.clientPort = key.clientPort;
    }

    /** Notes what every captured segment tells: how far the client has heard online, and its window. */
    void observe(int ack, int window, boolean isNewest) {
        if (!isRequestAckKnown) {
            isRequestAckKnown = true;
            requestAck = ack;
            onlineAck = ack;
        }
        if (Seq.greaterOrEqual(ack, onlineAck)) {
            onlineAck = ack;
            if (isNewest) {
                windowField = window;
            }
        }
    }

    /** Takes a segment out of the queue. */
    void unlink(Segment segment) {
        queue.remove(segment);
        if (segment == lastRequest) {
            lastRequest = null;
        }
    }

    /** False when its instance ID was lost: no connection is opened for it any more. */
    boolean mayOpen() {
        return instances.mayOpen(tag);
    }
}
