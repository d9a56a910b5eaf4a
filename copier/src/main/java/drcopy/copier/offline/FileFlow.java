// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.wire.Seq;
import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;

/** What a look at a file remembers of one connection: how far the client's stream is whole, and where its requests begin. */
final class FileFlow {
    /** What a payload segment is to its connection. */
    enum Verdict {
        REQUEST,
        CONTINUED,
        DUPLICATE,
        /** There is no SYN, and no request has begun yet. */
        UNJOINED
    }

    private final boolean hasSyn;
    private final int iss;
    private boolean isJoined;
    private boolean isLeftOut;
    private boolean hasPayload;
    private boolean isPushed;
    private int nxt;
    private int ack;
    /** Beginning and end of each, in their order; null when there never was one. */
    private List<int[]> holes;

    private int newBytes;

    private FileFlow(boolean hasSyn, int nxt) {
        this.hasSyn = hasSyn;
        this.isJoined = hasSyn;
        this.iss = nxt - 1;
        this.nxt = nxt;
    }

    static FileFlow opened(int iss) {
        return new FileFlow(true, iss + 1);
    }

    static FileFlow found(int seq) {
        return new FileFlow(false, seq);
    }

    /** Whether a SYN with this number opened it. */
    boolean isOpenedBy(int syn) {
        return hasSyn && iss == syn;
    }

    boolean hasSyn() {
        return hasSyn;
    }

    /** Whether it is replayed: from its SYN, or since a request. */
    boolean isJoined() {
        return isJoined;
    }

    /** Nothing of it is replayed from now on. */
    void leaveOut() {
        isLeftOut = true;
        holes = null;
    }

    boolean isLeftOut() {
        return isLeftOut;
    }

    /** Whether part of the client's stream is missing. */
    boolean hasHole() {
        return holes != null && !holes.isEmpty();
    }

    /** Bytes of the segment noted last that no segment before had. */
    int newBytes() {
        return newBytes;
    }

    /** Notes a segment with payload. */
    Verdict note(int seq, int length, int segmentAck, boolean push) {
        int end = seq + length;
        newBytes = 0;
        if (!isNew(seq, end)) {
            return Verdict.DUPLICATE;
        }
        boolean isAdvanced = hasPayload && isPushed && Seq.greaterThan(segmentAck, ack);
        boolean begins = hasSyn && !hasPayload || isAdvanced;
        isJoined |= begins;
        hasPayload = true;
        isPushed = push;
        ack = segmentAck;
        if (!isJoined) {
            return Verdict.UNJOINED;
        }
        return begins ? Verdict.REQUEST : Verdict.CONTINUED;
    }

    private boolean isNew(int seq, int end) {
        if (hasHole()) {
            fill(seq, end);
        }
        if (Seq.lessOrEqual(end, nxt)) {
            return newBytes > 0;
        }
        if (Seq.greaterThan(seq, nxt)) {
            holes = holes == null ? new ArrayList<>(1) : holes;
            holes.add(new int[] {nxt, seq});
            nxt = seq;
        }
        newBytes += Seq.distance(nxt, end);
        nxt = end;
        return true;
    }

    private void fill(int seq, int end) {
        for (ListIterator<int[]> each = holes.listIterator(); each.hasNext(); ) {
            int[] hole = each.next();
            int holeEnd = hole[1];
            int from = Seq.max(seq, hole[0]);
            int to = Seq.min(end, holeEnd);
            if (Seq.greaterOrEqual(from, to)) {
                continue;
            }
            newBytes += Seq.distance(from, to);
            if (from == hole[0]) {
                each.remove();
            } else {
                hole[1] = from;
            }
            if (to != holeEnd) {
                each.add(new int[] {to, holeEnd});
            }
        }
    }
}
