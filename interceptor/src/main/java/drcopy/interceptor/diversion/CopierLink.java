// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.stream.AttachedStream;
import drcopy.v1.AttachResponse;
import drcopy.v1.RouteConflict;
import java.util.ArrayDeque;

/** What the diversion thread keeps of one attached stream. */
final class CopierLink {
    private static final int MAX_CONFLICTS = 4096;

    private final AttachedStream stream;
    private final int slot;
    private final long order;
    private final Outbox outbox;
    private final ArrayDeque<RouteConflict> conflicts = new ArrayDeque<>();
    private long dropped;
    private boolean inSnapshot;

    CopierLink(AttachedStream stream, int slot, long order, PendingBudget budget) {
        this.stream = stream;
        this.slot = slot;
        this.order = order;
        this.outbox = new Outbox(budget);
    }

    AttachedStream stream() {
        return stream;
    }

    /** This stream's number in the route table. */
    int slot() {
        return slot;
    }

    /** When this copier's incarnation was first seen, among all: a later one has a larger number. */
    long order() {
        return order;
    }

    String copierId() {
        return stream.hello().getCopierId();
    }

    long incarnation() {
        return stream.hello().getIncarnation();
    }

    Outbox outbox() {
        return outbox;
    }

    /** Summaries dropped because the stream was not ready. */
    long dropped() {
        return dropped;
    }

    void countDropped() {
        dropped++;
    }

    /** True between the first and the last message of a snapshot. */
    boolean isInSnapshot() {
        return inSnapshot;
    }

    void inSnapshot(boolean value) {
        inSnapshot = value;
    }

    /** Adds a conflict to be told; false when the copier does not read and too many wait already. */
    boolean conflict(long routeId, String holder) {
        if (conflicts.size() == MAX_CONFLICTS) {
            return false;
        }
        conflicts.add(
                RouteConflict.newBuilder().setRouteId(routeId).setHolder(holder).build());
        return true;
    }

    /** True when {@link #flush} has something to do. */
    boolean isPending() {
        return outbox.size() > 0 || !conflicts.isEmpty();
    }

    /** Sends what waits as long as the stream is ready. */
    void flush() {
        while (!conflicts.isEmpty() && stream.isReady()) {
            stream.send(
                    AttachResponse.newBuilder().setConflict(conflicts.remove()).build());
        }
        outbox.flush(stream);
    }

    @Override
    public String toString() {
        return stream.toString();
    }
}
