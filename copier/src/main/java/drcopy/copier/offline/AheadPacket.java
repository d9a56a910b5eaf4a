// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.netio.PacketHandler;
import drcopy.netio.PcapFileSource;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;

/** A packet of a file, copied before its turn. One thread. */
final class AheadPacket {
    private ByteBuffer bytes;
    private int wireLength;
    private long timestampNs;
    private SumBook.Sum sum;
    private FlowKey key;
    private int seq;
    private int end;

    /** Of the packet that the file is at. */
    static AheadPacket of(PcapFileSource file) {
        AheadPacket packet = new AheadPacket();
        file.handTo((buffer, offset, capturedLength, wireLength, timestampNs) -> {
            packet.bytes = ByteBuffer.allocate(capturedLength).put(0, buffer, offset, capturedLength);
            packet.wireLength = wireLength;
            packet.timestampNs = timestampNs;
        });
        return packet;
    }

    /** It is a client's segment with such a checksum. */
    void is(IpPacket segment, SumBook.Sum verdict) {
        ByteBuffer b = segment.buffer();
        int tcp = segment.tcpOffset();
        int flags = TcpHeader.flags(b, tcp);
        sum = verdict;
        key = new FlowKey().fromClient(segment);
        seq = TcpHeader.seq(b, tcp);
        end = seq
                + segment.payloadLength()
                + (TcpFlags.any(flags, TcpFlags.SYN) ? 1 : 0)
                + (TcpFlags.any(flags, TcpFlags.FIN) ? 1 : 0);
    }

    void handTo(PacketHandler handler) {
        handler.onPacket(bytes, 0, length(), wireLength, timestampNs);
    }

    /** Bytes of it that were captured. */
    int length() {
        return bytes.capacity();
    }

    long timestampNs() {
        return timestampNs;
    }

    /** Null when it is no client's segment, or not there as a whole. */
    SumBook.Sum sum() {
        return sum;
    }

    FlowKey key() {
        return key;
    }

    /** First sequence number. */
    int seq() {
        return seq;
    }

    /** Sequence number behind its last, SYN and FIN counted. */
    int end() {
        return end;
    }
}
