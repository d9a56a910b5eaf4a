// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/** The addresses and ports that replicas use toward the target, one replica each. Owned by the shard thread. */
public final class PortTable {
    /** The lowest port a replica takes. */
    static final int FIRST_PORT = 1024;
    /** Ports 1024..65535. */
    static final int PORTS = 64_512;
    /** Distance of neighbouring instance IDs: 1024 of them fill the range. */
    private static final int STRIDE = 63;

    private final FlowTable<Replica> replicas = new FlowTable<>(1024);

    /** The port of a client port under an instance ID: a bijection of 1024..65535 for each ID, the identity for ID 0. */
    public static int preferredPort(int clientPort, int instanceId) {
        int port = clientPort < FIRST_PORT ? clientPort + PORTS : clientPort;
        int shift = STRIDE * (Integer.reverse(instanceId) >>> 22);
        return FIRST_PORT + (port - FIRST_PORT + shift) % PORTS;
    }

    /** The port that follows in the range, round. */
    static int nextPort(int port) {
        return port == 65_535 ? FIRST_PORT : port + 1;
    }

    /** Who holds the addresses and port of this entry's key, or null. */
    Replica holder(FlowEntry flow) {
        return replicas.find(flow.key, 0);
    }

    /** The replica's key is taken by it. Nobody holds it. */
    void take(Replica replica) {
        replicas.put(replica);
    }

    void release(Replica replica) {
        replicas.remove(replica);
    }
}
