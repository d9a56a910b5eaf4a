// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.netio.RawIpSink;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * Nanoseconds a captured packet costs: all of it beside the same packet without a capture, the kernel's part in the sender's
 * name; and the reader's part alone. Needs root.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CaptureBenchmark {
    private static final int BATCH = RawIpSink.BATCH;
    /** Fewer than a ring holds. */
    private static final int RINGFUL = 16_384;

    private static final int MTU = 1500;

    /** A sender, and a reader that keeps up with it. */
    @State(Scope.Thread)
    public static class Passing {
        /** How the kernel hands over; OFF: nothing is captured. */
        @Param({"OFF", "RING_V3", "RING_V2"})
        public String ring;

        /** Bytes: a small request, a full segment. */
        @Param({"100", "1448"})
        public int payload;

        private RawIpSink sink;
        private Tally tally;
        private byte[] packet;

        @Setup
        public void open() throws SocketException {
            Wire.require();
            packet = Wire.packet(payload);
            sink = new RawIpSink(MTU, 0);
            tally = new Tally(ring);
        }

        @TearDown
        public void check() {
            sink.close();
            tally.close(sink.sent());
        }
    }

    /** A full ring, again and again. */
    @State(Scope.Thread)
    public static class Full {
        @Param({"RING_V3", "RING_V2"})
        public String ring;

        private final byte[] packet = Wire.packet(100);
        private RawIpSink sink;
        private Tally tally;

        @Setup
        public void open() throws SocketException {
            Wire.require();
            sink = new RawIpSink(MTU, 0);
            tally = new Tally(ring);
        }

        /** By a thread of its own, whose CPU time is not counted. */
        @Setup(Level.Invocation)
        public void fill() throws InterruptedException {
            Thread sender = new Thread(() -> Wire.send(sink, packet, RINGFUL, BATCH));
            sender.start();
            sender.join();
            Tally.awaitHandedOver();
        }

        @TearDown
        public void check() {
            sink.close();
            tally.close(sink.sent());
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long sendAndRead(Passing state) {
        Wire.send(state.sink, state.packet, BATCH, BATCH);
        return state.tally.read(Integer.MAX_VALUE);
    }

    @Benchmark
    @OperationsPerInvocation(RINGFUL)
    public long read(Full state) {
        return state.tally.read(RINGFUL);
    }
}
