// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

/**
 * The sending side of one stream to an interceptor. Nobody writes to the arrays that it is given any more. Called by
 * the shard thread; never blocks and never throws for a stream that ended meanwhile.
 */
public interface RouteOutlet {
    /** False while what was sent before is still on its way out. */
    boolean isReady();

    /** Sends changes. */
    void routes(RouteChanges changes);

    /** Sends a part of a snapshot: the first bytes of the array. */
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
