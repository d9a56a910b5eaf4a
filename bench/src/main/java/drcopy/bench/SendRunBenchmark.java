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
 * Nanoseconds that a full segment of an upload costs, 1,500 bytes, one of a run of 45, with its way over a {@link Wire} and to its end there, as in
 * {@link SendBenchmark}: one packet each by a raw socket, all in a frame by a packet socket. Allocates nothing. Needs root.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SendRunBenchmark {
    private static final int SEGMENTS = 45;
    private static final int MTU = 1500;

    /** Whether the device cuts frames, as most do, or leaves it, and the checksums, to the kernel. */
    @Param({"true", "false"})
    public boolean offload;

    private final byte[] segment = Wire.packet(MTU - Wire.HEADERS);
    private RawIpSink routed;
    private LinkSink link;
    private LinkSink linkOfOthers;

    @Setup
    public void open() throws IOException {
        Wire.require();
        Wire.offload(offload);
        routed = new RawIpSink(MTU, 0);
        NextHop hop = new NextHop(Wire.target(), MacAddress.NONE, Wire.TARGET_MAC);
        link = new LinkSink(MTU, new NextHops(Wire.FROM, List.of(hop)));
        linkOfOthers = new LinkSink(MTU, new NextHops(Wire.FROM, List.of(hop)));
    }

    @TearDown
    public void close() {
        long lost = routed.errors().total()
                + link.errors().total()
                + linkOfOthers.errors().total();
        long frames = link.sentFrames();
        long segments = link.sent();
        routed.close();
        link.close();
        linkOfOthers.close();
        if (lost != 0 || frames * SEGMENTS != segments) {
            throw new IllegalStateException(
                    "the kernel did not take " + lost + " packets, or " + segments + " as " + frames + " frames");
        }
    }

    /** A raw socket, through the kernel's routing. */
    @Benchmark
    @OperationsPerInvocation(SEGMENTS)
    public long routed() {
        Wire.sendRun(routed, segment, SEGMENTS);
        return routed.sent();
    }

    /** A packet socket, the run in one frame. */
    @Benchmark
    @OperationsPerInvocation(SEGMENTS)
    public long link() {
        Wire.sendRun(link, segment, SEGMENTS);
        return link.sent();
    }

    /** A packet socket, each segment in a frame of its own, as segments leave that do not follow each other. */
    @Benchmark
    @OperationsPerInvocation(SEGMENTS)
    public long linkEach() {
        Wire.send(linkOfOthers, segment, SEGMENTS, SEGMENTS);
        return linkOfOthers.sent();
    }
}
