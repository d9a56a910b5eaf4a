// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.FlowKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which instance IDs play a flow: one that begins now those in use, one under way those it began with, until its last session is
 * forgotten. Owned by the shard thread.
 */
final class Instances {
    private final FlowTable<Session> sessions;
    private InstanceSet current;
    /** Not in use any more, with sessions left. */
    private final List<InstanceSet> retired = new ArrayList<>();

    Instances(FlowTable<Session> sessions, int... ids) {
        this.sessions = sessions;
        this.current = new InstanceSet(ids);
    }

    InstanceSet current() {
        return current;
    }

    /** Flows that begin from now on have these IDs. */
    void use(int... ids) {
        if (Arrays.equals(ids, current.ids)) {
            return;
        }
        retired.add(current);
        InstanceSet again = null;
        for (InstanceSet set : retired) {
            again = Arrays.equals(ids, set.ids) ? set : again;
        }
        current = again == null ? new InstanceSet(ids) : again;
        retired.removeIf(set -> set == current || set.sessions == 0);
        retired.forEach(set -> set.own(current.ids));
        current.own(current.ids);
    }

    /** The set that plays a flow: a retired one that has a session of it, or the one in use. */
    InstanceSet playing(SegmentView segment) {
        return playing(segment.key);
    }

    /** The set that plays the flow of this key. */
    InstanceSet playing(FlowKey key) {
        for (int i = 0; i < retired.size(); i++) {
            InstanceSet set = retired.get(i);
            if (set.sessions > 0 && plays(set, key)) {
                return set;
            }
        }
        return current;
    }

    private boolean plays(InstanceSet set, FlowKey key) {
        for (int id : set.ids) {
            Session session = sessions.find(key, id);
            if (session != null && session.instances == set) {
                return true;
            }
        }
        return false;
    }
}
