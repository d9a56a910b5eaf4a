// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/** The route of a flow whose replica is gone. Owned by the shard thread; {@link FormerRoutes} works on it. */
final class FormerRoute extends FlowEntry {
    final long id;
    final int instanceId;
    /** RCV.NXT of the replica: what the target still sends on that connection lies about here. */
    final int rcvNxt;
    /** When it is withdrawn. */
    long untilNs;

    FormerRoute older;
    FormerRoute younger;

    FormerRoute(Replica replica) {
        key.set(replica.key);
        id = replica.routeId;
        instanceId = replica.session.tag;
        rcvNxt = replica.rcvNxt;
    }
}
