// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.Ledger;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Keeps one stream's routes in step with the table. Changes wait until the stream is ready and then go out as one batch; when
 * too many wait, or the stream is new, a snapshot of the live routes takes their place, so that nothing is lost for good.
 *
 * <p>A snapshot goes out in parts while routes come and go. Changes made meanwhile go out after its last part: adding a route
 * again does no harm, and removing an unknown one neither. Owned by the shard thread.
 */
public final class RouteFeed {
    /** Bytes of routes in a message at most: 64 KB, so that snapshots to a hundred streams at once take a few MB. */
    static final int PART_LENGTH = 1_600 * RouteRecord.LENGTH;

    /** Bytes of changes that wait for a stream at most. */
    static final int PENDING_LIMIT = 16_384 * RouteRecord.LENGTH;

    private static final byte[] NOTHING = new byte[0];

    private final RouteTable table;
    private final Ledger ledger;
    private final int connection;
    private final int connections;
    private RouteOutlet outlet;
    private Runnable onSynced;
    private byte[] adds = NOTHING;
    private int addsLength;
    private byte[] removes = NOTHING;
    private int removesLength;
    /** Next slot of the snapshot under way, or -1. */
    private int cursor = -1;

    private boolean isOverflown;
    /** The changes that wait go out as soon as the stream is ready. */
    private boolean isDue;

    /** A feed for the routes of one of {@code connections} streams to an interceptor. */
    RouteFeed(RouteTable table, Ledger ledger, int connection, int connections) {
        this.table = table;
        this.ledger = ledger;
        this.connection = connection;
        this.connections = connections;
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
        flush(false);
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
        adds = NOTHING;
        addsLength = 0;
        removes = NOTHING;
        removesLength = 0;
        isOverflown = false;
        isDue = false;
    }

    private boolean isMine(long routeId) {
        return outlet != null && !isOverflown && RouteRecord.connection(routeId, connections) == connection;
    }

    void onAdd(ByteBuffer records, int at) {
        if (isMine(RouteRecord.routeId(records, at)) && hasRoom()) {
            adds = withRoom(adds, addsLength, RouteRecord.LENGTH);
            records.get(at, adds, addsLength, RouteRecord.LENGTH);
            addsLength += RouteRecord.LENGTH;
        }
    }

    void onRemove(long routeId) {
        if (isMine(routeId) && hasRoom()) {
            removes = withRoom(removes, removesLength, RouteRecord.REMOVAL_LENGTH);
            ByteBuffer.wrap(removes).putLong(removesLength, routeId);
            removesLength += RouteRecord.REMOVAL_LENGTH;
        }
    }

    private boolean hasRoom() {
        if (addsLength + removesLength < PENDING_LIMIT) {
            return true;
        }
        forgetPending();
        isOverflown = true;
        ledger.count(CopierCounter.ROUTE_QUEUE_OVERFLOWS);
        return false;
    }

    private static byte[] withRoom(byte[] array, int length, int more) {
        return length + more <= array.length ? array : Arrays.copyOf(array, Math.max(1536, 2 * array.length));
    }

    /**
     * Sends what waits, as far as the stream is ready: snapshots at once, changes when they are due.
     *
     * @param isChangesDue the changes that wait are due from now on
     */
    void flush(boolean isChangesDue) {
        isDue |= isChangesDue;
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
        return cursor >= 0 || isOverflown || isDue && addsLength + removesLength > 0;
    }

    private void sendChanges() {
        ledger.add(CopierCounter.ROUTES_PUSHED, addsLength / RouteRecord.LENGTH);
        byte[] add = adds;
        byte[] remove = removes;
        int addLength = addsLength;
        int removeLength = removesLength;
        forgetPending();
        outlet.routes(add, addLength, remove, removeLength);
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
