// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import drcopy.wire.Seq;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The prepared statements of one session, under the IDs that online and the target gave them. A PREPARE and online's answer to
 * it belong together when the answer acknowledges exactly the bytes up to the PREPARE's end. A client that sends an EXECUTE along
 * with its PREPARE has the answer acknowledge more: then it is the last PREPARE that the answer acknowledges. All bounded.
 */
final class Statements {
    private static final int MOST_SIGHTINGS = 256;
    private static final int MOST_STATEMENTS = 16_384;
    /** Text kept to prepare statements again on another connection, bytes. */
    private static final int MOST_TEXT = 256 * 1024;

    private static final int UNKNOWN = -1;

    /** One statement. */
    private static final class Statement {
        final int end;
        byte[] text;
        int targetId = UNKNOWN;
        boolean isPrepared;

        Statement(byte[] text, int end) {
            this.text = text;
            this.end = end;
        }
    }

    private record Sighting(int ack, int id) {}

    private final Map<Integer, Statement> byOnlineId = new HashMap<>();
    private final ArrayDeque<Statement> unnamed = new ArrayDeque<>();
    private final ArrayDeque<Sighting> sightings = new ArrayDeque<>();
    private final ArrayDeque<Statement> again = new ArrayDeque<>();
    /** IDs only grow: what online sends again acknowledges more than at first, and must not name another statement. */
    private int lastOnlineId;

    private Statement pending;
    private boolean isAgain;
    private int textBytes;

    /** True while the target owes the answer to a PREPARE. */
    boolean isPending() {
        return pending != null;
    }

    /** The client's PREPARE ends at {@code end}. {@code text} is its statement, or null when that was too long to keep. */
    void prepare(byte[] text, int end) {
        boolean fits = text != null && textBytes + text.length <= MOST_TEXT;
        textBytes += fits ? text.length : 0;
        pending = new Statement(fits ? text : null, end);
        for (Iterator<Sighting> i = sightings.iterator(); i.hasNext(); ) {
            Sighting sighting = i.next();
            if (sighting.ack == end && sighting.id > lastOnlineId) {
                i.remove();
                name(pending, sighting.id);
                return;
            }
        }
        if (unnamed.size() == MOST_SIGHTINGS) {
            unnamed.poll();
        }
        unnamed.add(pending);
    }

    private void name(Statement statement, int onlineId) {
        lastOnlineId = Math.max(lastOnlineId, onlineId);
        if (byOnlineId.size() < MOST_STATEMENTS) {
            byOnlineId.put(onlineId, statement);
        }
    }

    /** Online said that it prepared a statement; its answer acknowledges all up to {@code ack}. */
    void seenOnline(int ack, int onlineId) {
        for (Iterator<Statement> i = unnamed.iterator(); i.hasNext(); ) {
            Statement statement = i.next();
            if (statement.end == ack && onlineId > lastOnlineId) {
                i.remove();
                name(statement, onlineId);
                return;
            }
        }
        if (sightings.size() == MOST_SIGHTINGS) {
            sightings.poll();
        }
        sightings.add(new Sighting(ack, onlineId));
    }

    /** The target has prepared what is pending. */
    void prepared(int targetId) {
        pending.targetId = targetId;
        pending.isPrepared = true;
        pending = null;
    }

    /** The target could not prepare what is pending, or its answer was missed. An ID of online's may still mean it, and no other. */
    void failed() {
        forgetText(pending);
        pending = null;
    }

    private void forgetText(Statement statement) {
        if (statement.text != null) {
            textBytes -= statement.text.length;
            statement.text = null;
        }
    }

    /** Is there a statement on the target for online's ID? */
    boolean isKnown(int onlineId) {
        Statement statement = find(onlineId);
        return statement != null && statement.isPrepared;
    }

    /** True when online's ID means nothing yet, but may come to name a statement that is there. */
    boolean mayBeNamed(int onlineId) {
        return find(onlineId) == null && unnamed.stream().anyMatch(statement -> statement.isPrepared);
    }

    /** Online's answers to what is unnamed will not come any more. */
    void giveUpNaming() {
        unnamed.clear();
    }

    /** The target's ID for online's, of a statement that {@link #isKnown}. */
    int targetId(int onlineId) {
        return find(onlineId).targetId;
    }

    private Statement find(int onlineId) {
        Statement statement = byOnlineId.get(onlineId);
        if (statement == null) {
            statement = meant(onlineId);
            if (statement != null) {
                unnamed.remove(statement);
                name(statement, onlineId);
            }
        }
        return statement;
    }

    /** The unnamed statement that can only be online's, or null. */
    private Statement meant(int onlineId) {
        for (Iterator<Sighting> i = sightings.iterator(); i.hasNext(); ) {
            Sighting sighting = i.next();
            if (sighting.id == onlineId) {
                i.remove();
                return lastUpTo(sighting.ack);
            }
        }
        // Online's answer was not captured.
        List<Statement> prepared =
                unnamed.stream().filter(candidate -> candidate.isPrepared).toList();
        return prepared.size() == 1 ? prepared.get(0) : null;
    }

    private Statement lastUpTo(int ack) {
        Statement last = null;
        for (Statement candidate : unnamed) {
            if (Seq.lessOrEqual(candidate.end, ack)) {
                last = candidate;
            }
        }
        return last;
    }

    /** The client closed the statement. */
    void close(int onlineId) {
        Statement closed = byOnlineId.remove(onlineId);
        if (closed != null) {
            forgetText(closed);
        }
    }

    /** The servers forgot them all. */
    void clear() {
        byOnlineId.clear();
        unnamed.clear();
        again.clear();
        isAgain = false;
        pending = null;
        textBytes = 0;
    }

    /** Another connection: none is prepared there yet. Those whose text is known are prepared again, one by one. */
    void restart() {
        pending = null;
        isAgain = false;
        again.clear();
        List<Statement> all = new ArrayList<>(byOnlineId.values());
        all.addAll(unnamed);
        for (Statement statement : all) {
            statement.isPrepared = false;
            if (statement.text != null) {
                again.add(statement);
            }
        }
    }

    /** True while statements are prepared again, one by one. */
    boolean isPreparingAgain() {
        return isAgain;
    }

    /** Text of the next statement to prepare again, which is pending then; null when there is none. */
    byte[] nextAgain() {
        pending = again.poll();
        isAgain = pending != null;
        return isAgain ? pending.text : null;
    }
}
