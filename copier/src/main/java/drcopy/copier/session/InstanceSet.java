// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/** Instance IDs that were in use together: every flow that began then has a session under each. Owned by the shard thread. */
final class InstanceSet {
    final int[] ids;
    /** Sessions of this set that are not forgotten. */
    int sessions;
    /** IDs that are this copier's now. */
    private int[] own;

    InstanceSet(int... ids) {
        this.ids = ids.clone();
        this.own = this.ids;
    }

    /** These IDs are this copier's from now on, and no others. */
    void own(int... own) {
        this.own = own;
    }

    /** False for an ID that was lost since: what is connected under it stays, and nothing is connected anew. */
    boolean mayOpen(int id) {
        return contains(own, id);
    }

    boolean contains(int id) {
        return contains(ids, id);
    }

    private static boolean contains(int[] all, int id) {
        for (int one : all) {
            if (one == id) {
                return true;
            }
        }
        return false;
    }
}
