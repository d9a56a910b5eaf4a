// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/**
 * The variables of a replica at one moment, for tests and for people; sequence numbers are absolute.
 *
 * @param routeId its route
 * @param port its port toward the target
 * @param sndWnd the target's window in bytes
 * @param heldSegments segments in its session's queue, sent or not
 */
public record ReplicaStatus(
        TcpState state,
        long routeId,
        int port,
        int iss,
        int sndUna,
        int sndNxt,
        int sndWnd,
        int irs,
        int rcvNxt,
        int heldSegments) {

    static ReplicaStatus of(Replica replica) {
        int held = 0;
        for (Segment s = replica.session.queue.head(); s != null; s = s.next) {
            held += s.booked();
        }
        return new ReplicaStatus(
                replica.state(),
                replica.routeId,
                replica.key.clientPort,
                replica.iss,
                replica.sndUna,
                replica.sndNxt,
                replica.sndWnd,
                replica.irs,
                replica.rcvNxt,
                held);
    }
}
