// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import drcopy.wire.TcpRewrite;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the door costs: checking a packet, its key, its options. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TcpOptionsBenchmark {
    private static final int IP = Packets.IP_LENGTH;

    private final IpPacket packet = new IpPacket();
    private final FlowKey key = new FlowKey();
    private ByteBuffer syn;
    private ByteBuffer data;
    private int value;

    @Setup
    public void fill() {
        syn = ByteBuffer.allocateDirect(60);
        Packets.header(syn, 0x02, 40);
        syn.putLong(IP + 20, 0x020405b4_0402080aL).putInt(IP + 28, 1).putInt(IP + 36, 0x01030307);
        data = ByteBuffer.allocateDirect(152);
        Packets.header(data, 0x18, 32);
        data.putInt(IP + 20, 0x0101080a).putInt(IP + 24, 1).putInt(IP + 28, 2);
        if (wrapAndKey() == 0 || mssOfSyn() != 1460 || shiftOfSyn() != 7 || timestampsOfData() != IP + 22) {
            throw new IllegalStateException("the packets are not what they should be");
        }
    }

    @Benchmark
    public long wrapAndKey() {
        if (packet.wrap(data, 0, data.limit()) != PacketDefect.NONE) {
            return 0;
        }
        return key.fromClient(packet).stableHash();
    }

    @Benchmark
    public PacketDefect checkSyn() {
        return TcpOptions.check(syn, IP);
    }

    @Benchmark
    public int mssOfSyn() {
        return TcpOptions.mss(syn, IP);
    }

    @Benchmark
    public int shiftOfSyn() {
        return TcpOptions.windowShift(syn, IP);
    }

    @Benchmark
    public int timestampsOfData() {
        return TcpOptions.timestamps(data, IP);
    }

    @Benchmark
    public int rewriteTimestamps() {
        TcpRewrite.timestamps(data, IP, ++value, value);
        return TcpHeader.checksum(data, IP);
    }
}
