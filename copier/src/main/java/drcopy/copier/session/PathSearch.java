// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.copier.ledger.CopierCounter;
import drcopy.wire.Seq;

/**
 * Finds out that full packets of a replica do not arrive, in the spirit of RFC 4821: the target answers a question (an old empty
 * segment), but what was sent again beside it stays unacknowledged. Then a shorter piece is tried. One that is acknowledged may only
 * have come when a target that refused data took it again, so a full one is tried once more, and the second time counts: the replica
 * keeps to what arrived, and those that come after begin with it. Owned by the shard thread.
 */
final class PathSearch {
    /** Timeouts in a row before a shorter piece is tried where none as long was ever acknowledged, and where one was. */
    private static final int PATIENCE = 2;

    private static final int PATIENCE_IF_PROVEN = 4;

    private final Books books;
    private final ReplicaSender sender;

    PathSearch(Books books, ReplicaSender sender) {
        this.books = books;
        this.sender = sender;
    }

    /**
     * The retransmission timer has expired and the first unacknowledged piece is about to be sent again: it may become shorter here.
     *
     * @return true when the target is to be asked where it stands, behind that piece
     */
    boolean onTimeout(Replica replica, long nowNs) {
        int length = sender.nextRepeated(replica);
        int bytes = length + ReplicaSender.headerLength(replica);
        int known = replica.gate.path.most(nowNs);
        if (known < bytes) {
            shorten(replica, known);
            replica.triedBytes = 0;
            return false;
        }
        boolean isSuspect = replica.suspectBytes != 0 && replica.suspectBytes < bytes;
        int next = isSuspect ? replica.suspectBytes : PathSize.below(bytes, replica.key.isIpv4());
        if (next == bytes) {
            return false;
        }
        int patience = length > replica.provenLength ? PATIENCE : PATIENCE_IF_PROVEN;
        if (replica.hasAnswered && replica.rto.expiries() >= patience) {
            if (replica.triedBytes == 0) {
                replica.fullMss = replica.mss;
            }
            replica.triedBytes = next;
            shorten(replica, next);
            bytes = next;
        }
        replica.hasAnswered = false;
        return PathSize.below(bytes, replica.key.isIpv4()) < bytes;
    }

    private static void shorten(Replica replica, int bytes) {
        replica.mss = Math.min(replica.mss, bytes - ReplicaSender.headerLength(replica));
        replica.isProving = false;
    }

    /** New data is acknowledged up to {@code ack}. */
    void onNewAck(Replica replica, int ack, long nowNs) {
        if (replica.triedBytes != 0) {
            onShorterTaken(replica, nowNs);
        }
        if (replica.isProving && Seq.greaterOrEqual(ack, replica.provingEnd)) {
            replica.isProving = false;
            replica.provenLength = replica.provingLength;
            int bytes = replica.provenLength + ReplicaSender.headerLength(replica);
            if (bytes > replica.suspectBytes) {
                replica.suspectBytes = 0;
            }
            replica.gate.path.taken(bytes);
        }
    }

    private void onShorterTaken(Replica replica, long nowNs) {
        if (replica.suspectBytes == replica.triedBytes) {
            books.count(CopierCounter.REPLICAS_SHORTENED);
            replica.gate.path.learn(replica.triedBytes, nowNs);
            replica.suspectBytes = 0;
        } else {
            replica.suspectBytes = replica.triedBytes;
            replica.mss = replica.fullMss;
        }
        replica.triedBytes = 0;
    }
}
