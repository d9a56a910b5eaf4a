// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.Seq;

/** What can be told of a hole in a session's captured stream that is to be given up. Pure. */
final class Hole {
    /** A segment shorter than the least MSS in use (RFC 9293 3.7.1) is no full one: it ends what the client wrote. */
    private static final int SHORT_BYTES = 536;
    /** The same where the client announced a usual MSS: the least link of IPv6 (RFC 8200 5), less headers and timestamps. */
    private static final int USUAL_SHORT_BYTES = 1208;

    private Hole() {}

    /**
     * Does a request begin behind the hole? Else what lies there could be the rest of one whose beginning is missing. Either the
     * client acknowledged more of online's after all that the hole hides and before what lies behind it; or the hole hides one
     * short segment, which ends a message, behind a request that was whole and is answered, and the client has seen
     * more than that answer since.
     */
    static boolean isBoundary(Session session, Segment behind, long nowNs) {
        if (session.isSeeking || !session.isRequestAckKnown) {
            return false;
        }
        if (behind.is(Segment.ACKED_BEFORE) || session.pureAckSeq == behind.seq) {
            return behind.is(Segment.ACKED_BEFORE) || isAckedBefore(session, behind.seq);
        }
        Replica replica = session.replica;
        return hidesOneMessage(session, behind)
                && isAnswered(replica, nowNs)
                && replica.hold.isMoreThanOneAnswer(Seq.distance(session.requestAck, behind.onlineAck));
    }

    /** Could be a boundary when the target has answered all that lies before the hole, which it has not yet. */
    static boolean mayTellLater(Session session, Segment behind, long nowNs) {
        return !session.isSeeking
                && session.isRequestAckKnown
                && session.pureAckSeq != behind.seq
                && Seq.greaterThan(behind.onlineAck, session.requestAck)
                && hidesOneMessage(session, behind)
                && !isAnswered(session.replica, nowNs);
    }

    private static boolean hidesOneMessage(Session session, Segment behind) {
        boolean isUsual = session.clientShift != Session.UNKNOWN_SHIFT
                && SynOptions.mssOf(session.synOptions) >= USUAL_SHORT_BYTES;
        int limit = isUsual ? USUAL_SHORT_BYTES : SHORT_BYTES;
        return session.replica != null && session.isLastPushed && Seq.distance(session.clientNxt, behind.seq) < limit;
    }

    private static boolean isAnswered(Replica replica, long nowNs) {
        return replica.cursor == null
                && replica.isAllAcknowledged()
                && replica.hold.isWhole(replica.rto.srttNs(), nowNs);
    }

    /** Was the last pure ACK at {@code seq}, and beyond what the client had seen before its last request? */
    static boolean isAckedBefore(Session session, int seq) {
        return session.isRequestAckKnown
                && session.pureAckSeq == seq
                && Seq.greaterThan(session.pureAck, session.requestAck);
    }
}
