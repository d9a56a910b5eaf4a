// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

/**
 * The sending side of one stream to an interceptor. Arrays are handed over: the caller does not touch them again. Called by
 * the shard thread; never blocks and never throws for a stream that ended meanwhile.
 */
public interface RouteOutlet {
    /** False while what was sent before is still on its way out. */
    boolean isReady();

    /** Sends changes: the first bytes of both arrays, as {@code RouteBatch} lays them out. */
    void routes(byte[] add, int addLength, byte[] remove, int removeLength);

    /** Sends a part of a snapshot. */
    void snapshot(byte[] routes, int length, SnapshotPart part);

    /** Which part of a snapshot a message is. */
    enum SnapshotPart {
        WHOLE(true, true),
        FIRST(true, false),
        MIDDLE(false, false),
        LAST(false, true);

        private final boolean first;
        private final boolean last;

        SnapshotPart(boolean first, boolean last) {
            this.first = first;
            this.last = last;
        }

        static SnapshotPart of(boolean first, boolean last) {
            return first ? last ? WHOLE : FIRST : last ? LAST : MIDDLE;
        }

        public boolean isFirst() {
            return first;
        }

        public boolean isLast() {
            return last;
        }
    }
}
