// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.routing.RouteRecord;
import drcopy.v1.AttachRequest;
import drcopy.v1.RouteBatch;
import drcopy.v1.RouteSnapshot;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A message about routes with a mark of how far it has been worked through: a large one is taken in pieces, so that packets do
 * not wait for it. Owned by the diversion thread.
 */
final class RouteMessage {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final CopierLink link;
    private final ByteBuffer adds;
    private final ByteBuffer removes;
    private final boolean isFirst;
    private final boolean isLast;

    private RouteMessage(CopierLink link, ByteBuffer adds, ByteBuffer removes, boolean isFirst, boolean isLast) {
        this.link = link;
        this.adds = adds;
        this.removes = removes;
        this.isFirst = isFirst;
        this.isLast = isLast;
    }

    /** What breaks the protocol in this message, as a sentence for its sender; empty when nothing does. */
    static Optional<String> objection(CopierLink link, AttachRequest message) {
        return switch (message.getMessageCase()) {
            case ROUTES -> lengths(
                    "RouteBatch.add",
                    message.getRoutes().getAdd().size(),
                    message.getRoutes().getRemove().size());
            case SNAPSHOT -> {
                RouteSnapshot snapshot = message.getSnapshot();
                yield link.isInSnapshot() == snapshot.getFirst()
                        ? Optional.of(
                                "RouteSnapshot.first: must be set in the first message of a snapshot and in no other")
                        : lengths("RouteSnapshot.routes", snapshot.getRoutes().size(), 0);
            }
            case HELLO -> Optional.of("Hello: must be sent once");
            case MESSAGE_NOT_SET -> Optional.of("AttachRequest: must hold a message that this interceptor knows");
        };
    }

    private static Optional<String> lengths(String adds, int addBytes, int removeBytes) {
        if (addBytes % RouteRecord.LENGTH != 0) {
            return Optional.of(adds + " of " + addBytes + " bytes: must be a multiple of " + RouteRecord.LENGTH);
        }
        return removeBytes % RouteRecord.REMOVE_LENGTH == 0
                ? Optional.empty()
                : Optional.of("RouteBatch.remove of " + removeBytes + " bytes: must be a multiple of "
                        + RouteRecord.REMOVE_LENGTH);
    }

    /** A message without {@link #objection}. */
    static RouteMessage of(CopierLink link, AttachRequest message) {
        if (message.hasRoutes()) {
            RouteBatch batch = message.getRoutes();
            return new RouteMessage(
                    link,
                    batch.getAdd().asReadOnlyByteBuffer(),
                    batch.getRemove().asReadOnlyByteBuffer(),
                    false,
                    false);
        }
        RouteSnapshot snapshot = message.getSnapshot();
        return new RouteMessage(
                link, snapshot.getRoutes().asReadOnlyByteBuffer(), NOTHING, snapshot.getFirst(), snapshot.getLast());
    }

    CopierLink link() {
        return link;
    }

    /** Route records yet to be added; the taker advances the position. */
    ByteBuffer adds() {
        return adds;
    }

    /** Route ids yet to be removed, after the adds; the taker advances the position. */
    ByteBuffer removes() {
        return removes;
    }

    boolean isDone() {
        return !adds.hasRemaining() && !removes.hasRemaining();
    }

    /** Begins a snapshot. */
    boolean isFirst() {
        return isFirst;
    }

    /** Ends a snapshot. */
    boolean isLast() {
        return isLast;
    }
}
