// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/** Instance IDs that were in use together: every flow that began then has a session under each. Owned by the shard thread. */
final class InstanceSet {
    final int[] ids;
    /** Sessions of this set that are not forgotten. */
    int sessions;

    InstanceSet(int... ids) {
        this.ids = ids.clone();
    }

    boolean contains(int id) {
        for (int mine : ids) {
            if (mine == id) {
                return true;
            }
        }
        return false;
    }
}
