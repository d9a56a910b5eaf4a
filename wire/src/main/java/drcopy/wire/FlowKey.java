// SPDX-License-Identifier: Apache-2.0
package drcopy.wire;

/**
 * A TCP 4-tuple: the client's address and port and the server's (online's or the target's). Addresses are two longs as in
 * {@link IpPacket}. Mutable, so that a look-up allocates nothing; a stored key is never changed.
 */
public final class FlowKey {
    public long clientHi;
    public long clientLo;
    public long serverHi;
    public long serverLo;
    /** 0..65535. */
    public int clientPort;
    /** 0..65535. */
    public int serverPort;

    public FlowKey set(long clientHi, long clientLo, int clientPort, long serverHi, long serverLo, int serverPort) {
        this.clientHi = clientHi;
        this.clientLo = clientLo;
        this.clientPort = clientPort;
        this.serverHi = serverHi;
        this.serverLo = serverLo;
        this.serverPort = serverPort;
        return this;
    }

    public FlowKey set(FlowKey other) {
        return set(other.clientHi, other.clientLo, other.clientPort, other.serverHi, other.serverLo, other.serverPort);
    }

    /** The key of a segment from the client: its source is the client. */
    public FlowKey fromClient(IpPacket p) {
        return set(
                p.sourceHi(), p.sourceLo(), p.sourcePort(), p.destinationHi(), p.destinationLo(), p.destinationPort());
    }

    /** The key of a segment from the server: its destination is the client. */
    public FlowKey fromServer(IpPacket p) {
        return set(
                p.destinationHi(), p.destinationLo(), p.destinationPort(), p.sourceHi(), p.sourceLo(), p.sourcePort());
    }

    /** True when both addresses are IPv4-mapped. */
    public boolean isIpv4() {
        return Addresses.isIpv4(clientHi, clientLo) && Addresses.isIpv4(serverHi, serverLo);
    }

    /** A well-mixed 64-bit hash, the same on every machine and in every version: sampling and sharding depend on it. */
    public long stableHash() {
        long h = mix(clientHi ^ 0x9e3779b97f4a7c15L);
        h = mix(h ^ clientLo);
        h = mix(h ^ serverHi);
        h = mix(h ^ serverLo);
        return mix(h ^ ((long) clientPort << 16 | serverPort));
    }

    /** The finaliser of splitmix64 (Steele, Lea, Flood 2014). */
    private static long mix(long z) {
        long x = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
        return x ^ x >>> 31;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof FlowKey k
                && clientPort == k.clientPort
                && serverPort == k.serverPort
                && clientLo == k.clientLo
                && serverLo == k.serverLo
                && clientHi == k.clientHi
                && serverHi == k.serverHi;
    }

    @Override
    public int hashCode() {
        return (int) stableHash();
    }

    /** {@code 198.18.8.1:4321>198.18.1.200:80}. */
    @Override
    public String toString() {
        return Addresses.text(clientHi, clientLo, clientPort) + ">" + Addresses.text(serverHi, serverLo, serverPort);
    }
}
