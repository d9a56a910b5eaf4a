// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Keeps one stream's routes in step with the table. Changes wait until the stream is ready; when too many wait, or the stream is
 * new, a snapshot of the live routes takes their place, so that nothing is lost for good.
 *
 * <p>A snapshot goes out in parts while routes come and go. Changes made meanwhile go out after its last part, and the first of them
 * may be older than it: adding a route again does no harm, and removing an unknown one neither. Owned by the shard thread.
 */
public final class RouteFeed {
    /** Bytes of routes in a message, about: 64 KB, so that snapshots to a hundred streams at once take a few MB. */
    static final int PART_LENGTH = 1_600 * RouteRecord.LENGTH;

    /** Bytes of changes that wait for a stream at most. */
    static final int PENDING_LIMIT = 16_384 * RouteRecord.LENGTH;

    private final RouteTable table;
    private final Ledger ledger;
    private final int connection;
    private final int connections;
    private final Queue<RouteChanges> pending = new ArrayDeque<>();
    private int pendingLength;
    private RouteOutlet outlet;
    private Runnable onSynced;
    /** Next slot of the snapshot under way, or -1. */
    private int cursor = -1;

    private boolean isOverflown;

    /** A feed for the routes of one of {@code connections} streams to an interceptor. */
    RouteFeed(RouteTable table, Ledger ledger, int connection, int connections) {
        this.table = table;
        this.ledger = ledger;
        this.connection = connection;
        this.connections = connections;
    }

    int connection() {
        return connection;
    }

    /**
     * A stream was welcomed: a snapshot goes out first.
     *
     * @param onSynced run once, when the snapshot has been handed over
     */
    public void attach(RouteOutlet newOutlet, Runnable onSynced) {
        outlet = newOutlet;
        this.onSynced = onSynced;
        startSnapshot();
        flush();
    }

    /** The stream ended. Changes need not be kept: the next stream begins with a snapshot. */
    public void detach() {
        outlet = null;
        cursor = -1;
        forgetPending();
    }

    private void startSnapshot() {
        cursor = 0;
        forgetPending();
    }

    private void forgetPending() {
        pending.clear();
        pendingLength = 0;
        isOverflown = false;
    }

    /** Changes that are due: they go out as soon as the stream is ready. */
    void take(RouteChanges changes) {
        if (outlet == null || isOverflown) {
            return;
        }
        if (pendingLength + changes.length() > PENDING_LIMIT) {
            forgetPending();
            isOverflown = true;
            ledger.count(CopierCounter.ROUTE_QUEUE_OVERFLOWS);
            return;
        }
        pending.add(changes);
        pendingLength += changes.length();
    }

    /** Sends what waits, as far as the stream is ready. */
    void flush() {
        while (outlet != null && isBehind() && outlet.isReady()) {
            if (cursor >= 0) {
                sendSnapshotPart();
            } else if (isOverflown) {
                startSnapshot();
            } else {
                sendChanges();
            }
        }
    }

    private boolean isBehind() {
        return cursor >= 0 || isOverflown || !pending.isEmpty();
    }

    private void sendChanges() {
        RouteChanges changes = pending.remove();
        pendingLength -= changes.length();
        ledger.add(CopierCounter.ROUTES_PUSHED, changes.addLength() / RouteRecord.LENGTH);
        outlet.routes(changes);
    }

    private void sendSnapshotPart() {
        boolean first = cursor == 0;
        int wanted = Math.min(PART_LENGTH, table.size() * RouteRecord.LENGTH);
        byte[] part = new byte[wanted];
        int length = 0;
        int slot = cursor;
        for (; slot < table.slots() && length < wanted; slot++) {
            if (table.isUsed(slot) && RouteRecord.connection(table.routeId(slot), connections) == connection) {
                table.copy(slot, part, length);
                length += RouteRecord.LENGTH;
            }
        }
        boolean last = slot >= table.slots() || wanted == 0;
        cursor = last ? -1 : slot;
        ledger.add(CopierCounter.ROUTES_PUSHED, length / RouteRecord.LENGTH);
        if (first) {
            ledger.count(CopierCounter.ROUTE_SNAPSHOTS);
        }
        outlet.snapshot(part, length, RouteOutlet.SnapshotPart.of(first, last));
        if (last) {
            synced();
        }
    }

    private void synced() {
        Runnable run = onSynced;
        onSynced = null;
        if (run != null) {
            run.run();
        }
    }
}
