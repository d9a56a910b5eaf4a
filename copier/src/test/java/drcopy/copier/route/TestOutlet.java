// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Takes messages as an interceptor does, as many as {@link #room} says. */
final class TestOutlet implements RouteOutlet {
    final Set<Long> routes = new HashSet<>();
    final List<String> messages = new ArrayList<>();
    final List<RouteChanges> taken = new ArrayList<>();
    int room = Integer.MAX_VALUE;

    @Override
    public boolean isReady() {
        return room > 0;
    }

    @Override
    public void routes(RouteChanges changes) {
        room--;
        taken.add(changes);
        messages.add("+" + changes.addLength() / RouteRecord.LENGTH + "-"
                + changes.removeLength() / RouteRecord.REMOVAL_LENGTH);
        ids(changes.add(), changes.addLength(), RouteRecord.LENGTH).forEach(routes::add);
        ids(changes.remove(), changes.removeLength(), RouteRecord.REMOVAL_LENGTH)
                .forEach(routes::remove);
    }

    @Override
    public void snapshot(byte[] part, int length, SnapshotPart which) {
        room--;
        messages.add(which + " " + length / RouteRecord.LENGTH);
        if (which.isFirst()) {
            routes.clear();
        }
        ids(part, length, RouteRecord.LENGTH).forEach(routes::add);
    }

    private static List<Long> ids(byte[] bytes, int length, int step) {
        List<Long> ids = new ArrayList<>();
        for (int at = 0; at < length; at += step) {
            ids.add(ByteBuffer.wrap(bytes).getLong(at));
        }
        return ids;
    }
}
