// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.TcpFlags;

/** What a RST of the target's tells about the request that is in flight. */
final class ResetRule {
    private ResetRule() {}

    /**
     * True when nothing of what is in flight was taken: on a connection in use by the RST's SEG.ACK or that of the FIN before, on a
     * new one if the target does not know it at all (RFC 9293 3.10.7.1).
     */
    static boolean isUntaken(Replica replica, TargetResponse reset) {
        boolean hasAck = TcpFlags.any(reset.flags(), TcpFlags.ACK);
        if (replica.isUnheard()) {
            return !hasAck && reset.seq() == replica.rcvNxt;
        }
        boolean isSaid =
                hasAck ? reset.ack() == replica.sndUna : replica.isFinReceived && replica.finAck == replica.sndUna;
        return isSaid && replica.hold.hasAnswered() && replica.hold.answered() == 0;
    }
}
