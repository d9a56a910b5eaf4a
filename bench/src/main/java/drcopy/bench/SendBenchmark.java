// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.netio.LinkSink;
import drcopy.netio.NextHop;
import drcopy.netio.NextHops;
import drcopy.netio.RawIpSink;
import drcopy.wire.MacAddress;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds a packet of 152 bytes that is handed to the kernel costs, a system call a batch, with its way over a {@link Wire}
 * and to its end there, which the kernel runs in the sender's name. Allocates nothing. Needs root.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SendBenchmark {
    private static final int PACKETS = 64;
    private static final int MTU = 1500;

    /** Packets a system call. */
    @Param({"1", "16", "64"})
    public int batch;

    private final byte[] packet = Wire.packet(100);
    private RawIpSink routed;
    private LinkSink link;

    @Setup
    public void open() throws IOException {
        Wire.require();
        routed = new RawIpSink(MTU, 0);
        NextHop hop = new NextHop(Wire.target(), MacAddress.NONE, Wire.TARGET_MAC);
        link = new LinkSink(MTU, new NextHops(Wire.FROM, List.of(hop)));
    }

    @TearDown
    public void close() {
        long lost = routed.errors().total() + link.errors().total();
        routed.close();
        link.close();
        if (lost != 0) {
            throw new IllegalStateException("the kernel did not take " + lost + " packets");
        }
    }

    /** A raw socket, through the kernel's routing. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public long routed() {
        Wire.send(routed, packet, PACKETS, batch);
        return routed.sent();
    }

    /** A packet socket, past routing and filters. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public long link() {
        Wire.send(link, packet, PACKETS, batch);
        return link.sent();
    }
}
