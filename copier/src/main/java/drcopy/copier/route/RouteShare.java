// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The routes that go over one connection to each interceptor, and the feeds of these connections. Changes are gathered once for all
 * of them. Owned by the shard thread.
 */
final class RouteShare {
    private static final int LEAST_ROOM = 32 * RouteRecord.LENGTH;
    private static final byte[] NOTHING = new byte[0];

    private final List<RouteFeed> feeds = new ArrayList<>();
    private byte[] adds = NOTHING;
    private int addsLength;
    private byte[] removes = NOTHING;
    private int removesLength;

    void join(RouteFeed feed) {
        feeds.add(feed);
    }

    void leave(RouteFeed feed) {
        feeds.remove(feed);
    }

    int feeds() {
        return feeds.size();
    }

    void add(ByteBuffer records, int at) {
        adds = withRoom(adds, addsLength, RouteRecord.LENGTH);
        records.get(at, adds, addsLength, RouteRecord.LENGTH);
        addsLength += RouteRecord.LENGTH;
        handOutWhenFull();
    }

    void remove(long routeId) {
        removes = withRoom(removes, removesLength, RouteRecord.REMOVAL_LENGTH);
        ByteBuffer.wrap(removes).putLong(removesLength, routeId);
        removesLength += RouteRecord.REMOVAL_LENGTH;
        handOutWhenFull();
    }

    private static byte[] withRoom(byte[] array, int length, int more) {
        return length + more <= array.length ? array : Arrays.copyOf(array, Math.max(LEAST_ROOM, 2 * array.length));
    }

    private void handOutWhenFull() {
        if (addsLength + removesLength >= RouteFeed.PART_LENGTH) {
            handOut();
        }
    }

    /** What has gathered is due: each feed sends it as soon as its stream is ready. */
    void handOut() {
        if (addsLength + removesLength == 0) {
            return;
        }
        RouteChanges changes = new RouteChanges(adds, addsLength, removes, removesLength);
        adds = NOTHING;
        addsLength = 0;
        removes = NOTHING;
        removesLength = 0;
        for (RouteFeed feed : feeds) {
            feed.take(changes);
        }
    }

    /** Sends what is due, as far as the streams are ready. */
    void flush() {
        for (RouteFeed feed : feeds) {
            feed.flush();
        }
    }
}
