// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/** Replicas that wait for their turn to open, first come first served. A replica is in one queue at most. Owned by the shard thread. */
final class OpeningQueue {
    private Replica head;
    private Replica tail;

    /** Who is next, or null. */
    Replica head() {
        return head;
    }

    void append(Replica replica) {
        replica.prevToOpen = tail;
        if (tail == null) {
            head = replica;
        } else {
            tail.nextToOpen = replica;
        }
        tail = replica;
    }

    void remove(Replica replica) {
        if (replica.prevToOpen == null) {
            head = replica.nextToOpen;
        } else {
            replica.prevToOpen.nextToOpen = replica.nextToOpen;
        }
        if (replica.nextToOpen == null) {
            tail = replica.prevToOpen;
        } else {
            replica.nextToOpen.prevToOpen = replica.prevToOpen;
        }
        replica.prevToOpen = null;
        replica.nextToOpen = null;
    }
}
