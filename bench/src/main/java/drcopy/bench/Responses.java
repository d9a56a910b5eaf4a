// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.interceptor.routing.RouteRecord;
import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSource;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * Diverted responses of many flows, 1,448 bytes of payload each, a fixed number a poll: the same packet with the next flow's
 * client in it, in no order that a cache could foresee. One thread.
 */
final class Responses implements PacketSource {
    /** From one flow to the next; a prime, so that all have their turn. */
    private static final int STRIDE = 7919;

    private static final int TCP = Packets.IP_LENGTH;
    private static final int HEADER_LENGTH = 32;
    private static final int PORTS = 50_000;
    private static final int FIRST_PORT = 10_000;

    private final ByteBuffer packet = ByteBuffer.allocateDirect(TCP + HEADER_LENGTH + 1448);
    private final int flows;
    private final int batch;
    private int flow;

    /** @param batch packets a poll */
    Responses(int flows, int batch) {
        this.flows = flows;
        this.batch = batch;
        Packets.header(packet, TcpFlags.PSH | TcpFlags.ACK, HEADER_LENGTH);
        packet.putInt(12, Packets.ONLINE).putInt(TCP + 20, 0x0101080a);
        TcpHeader.sourcePort(packet, TCP, 80);
        next();
    }

    /** The packet, with the next flow's client in it. */
    ByteBuffer next() {
        flow = (flow + STRIDE) % flows;
        packet.putInt(16, Packets.CLIENT + flow / PORTS);
        TcpHeader.destinationPort(packet, TCP, FIRST_PORT + flow % PORTS);
        return packet;
    }

    /** The key of a flow, 0 to {@code flows}, exclusive. */
    static FlowKey key(int flow) {
        long client = IpPacket.MAPPED_LO | Packets.CLIENT + flow / PORTS & 0xffffffffL;
        long target = IpPacket.MAPPED_LO | Packets.ONLINE & 0xffffffffL;
        return new FlowKey().set(IpPacket.MAPPED_HI, client, FIRST_PORT + flow % PORTS, IpPacket.MAPPED_HI, target, 80);
    }

    /** The route records of {@code count} flows, from {@code from} on; the route id is the flow's number. */
    static byte[] routes(int from, int count) {
        ByteBuffer records = ByteBuffer.allocate(count * RouteRecord.LENGTH);
        for (int i = 0; i < count; i++) {
            RouteRecord.put(records, i * RouteRecord.LENGTH, from + i, key(from + i), 0, 0);
        }
        return records.array();
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        int count = Math.min(batch, limit);
        for (int i = 0; i < count; i++) {
            handler.onPacket(next(), 0, packet.limit(), packet.limit(), 0);
        }
        return count;
    }

    @Override
    public int fileDescriptor() {
        return -1;
    }

    @Override
    public long kernelDrops() {
        return 0;
    }

    @Override
    public void close() {}
}
