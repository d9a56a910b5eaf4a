// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.copier.capture.CaptureStage;
import drcopy.copier.capture.Sample;
import drcopy.copier.config.ClientAddresses;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.wire.InternetChecksum;
import drcopy.wire.IpPacket;
import drcopy.wire.TcpFlags;
import drcopy.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds from a ring's packet to the engine's door, whose checksums the kernel has verified, or left to us. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CaptureStageBenchmark {
    private static final int HEADERS = Packets.IP_LENGTH + TcpHeader.MIN_LENGTH;

    /** Bytes of the whole packet: a small one, a full segment. */
    @Param({"64", "1500"})
    public int length;

    private final Ledger ledger = new Ledger();
    private ByteBuffer packet;
    private CaptureStage stage;
    private long seen;

    @Setup
    public void open() {
        packet = ByteBuffer.allocateDirect(length);
        Packets.header(packet, TcpFlags.ACK | TcpFlags.PSH, TcpHeader.MIN_LENGTH);
        for (int at = HEADERS; at < length; at++) {
            packet.put(at, (byte) (at * 31));
        }
        packet.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(packet, 0, Packets.IP_LENGTH, 0)));
        int tcp = length - Packets.IP_LENGTH;
        long pseudoHeader = InternetChecksum.pseudoHeader4(Packets.CLIENT, Packets.ONLINE, IpPacket.PROTOCOL_TCP, tcp);
        long sum = InternetChecksum.sum(packet, Packets.IP_LENGTH, tcp, pseudoHeader);
        TcpHeader.checksum(packet, Packets.IP_LENGTH, InternetChecksum.finish(sum));
        stage = new CaptureStage(
                new Transfers(List.of(Transfer.parse("198.18.1.200:80-198.18.1.201:80"))),
                ClientAddresses.none(),
                ClientAddresses.none(),
                new Sample(100, Duration.ZERO),
                ledger,
                segment -> seen += segment.packet.payloadLength());
    }

    @TearDown
    public void check() {
        if (seen == 0 || ledger.droppedSegments(DropReason.BAD_CHECKSUM) > 0) {
            throw new IllegalStateException("packets were kept from the engine");
        }
    }

    @Benchmark
    public long verified() {
        stage.onPacket(packet, 0, length, length, 0);
        return seen;
    }

    @Benchmark
    public long unverified() {
        stage.onUnverified(packet, 0, length, length, 0);
        return seen;
    }
}
