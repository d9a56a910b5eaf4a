// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.copier.config.ReplayPlan;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.netio.PcapFileSink;
import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.SegmentBuilder;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Writes capture files of clients of 198.18.0.10:80, a segment at a time. */
final class TestCapture implements AutoCloseable {
    static final Transfers TRANSFERS = new Transfers(List.of(Transfer.parse("198.18.0.10:80-198.18.1.200:80")));

    private static final long BEGIN_NS = 1_700_000_000_000_000_000L;

    private final Path path;
    private final PcapFileSink sink;
    private long nowNs = BEGIN_NS;

    TestCapture(Path path) {
        this.path = path;
        sink = new PcapFileSink(path, () -> nowNs);
    }

    static SegmentBuilder client(int port) {
        return SegmentBuilder.segment("198.18.8.1", port, "198.18.0.10", 80);
    }

    static ReplayPlan plan(Path path, double speed, long skipMs, int repetitions) {
        return new ReplayPlan(path, speed, skipMs == 0 ? Long.MAX_VALUE : skipMs * 1_000_000, repetitions, "");
    }

    /** What follows was captured so much later. */
    TestCapture after(long ms) {
        nowNs += ms * 1_000_000;
        return this;
    }

    TestCapture add(SegmentBuilder segment) {
        sink.commit(segment.write(sink.claim(), 0));
        return this;
    }

    /** The segment with a checksum that is wrong. */
    TestCapture damaged(SegmentBuilder segment) {
        return withChecksum(segment, 0x1234);
    }

    /** The segment with the checksum that a sender leaves to its device: the sum of the pseudo-header. */
    TestCapture partial(SegmentBuilder segment) {
        IpPacket packet = segment.packet();
        return withPseudoHeader(segment, packet.totalLength() - packet.ipHeaderLength());
    }

    /** Likewise, to a device that cuts segments: without the length. */
    TestCapture partialOfUnknownLength(SegmentBuilder segment) {
        return withPseudoHeader(segment, 0);
    }

    private TestCapture withPseudoHeader(SegmentBuilder segment, int length) {
        IpPacket packet = segment.packet();
        long sum = InternetChecksum.pseudoHeader4(
                (int) packet.sourceLo(), (int) packet.destinationLo(), IpPacket.PROTOCOL_TCP, length);
        return withChecksum(segment, ~InternetChecksum.finish(sum));
    }

    private TestCapture withChecksum(SegmentBuilder segment, int checksum) {
        ByteBuffer frame = sink.claim();
        int length = segment.write(frame, 0);
        TcpHeader.checksum(frame, segment.packet().tcpOffset(), checksum);
        sink.commit(length);
        return this;
    }

    /** A packet as it is. */
    TestCapture add(ByteBuffer packet) {
        sink.claim().put(0, packet, 0, packet.limit());
        sink.commit(packet.limit());
        return this;
    }

    /** A session of one request of 10 bytes, begun and ended. */
    TestCapture session(int port) {
        return add(client(port).syn().seq(1_000))
                .add(client(port).seq(1_001).ack(9_001))
                .add(client(port).psh().seq(1_001).ack(9_001).payload(10))
                .add(client(port).fin().seq(1_011).ack(9_101));
    }

    Path written() {
        close();
        return path;
    }

    @Override
    public void close() {
        sink.close();
    }
}
