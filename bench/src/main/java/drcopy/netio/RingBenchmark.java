// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds that a packet costs the reader of a ring which no kernel fills: always the same packets, verified ones. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingBenchmark {
    private static final int PACKETS = 256;
    private static final int V3_BLOCK = 128 * 1024;
    private static final int V3_PACKET = 256;
    private static final int V2_FRAME = 2048;
    /** TP_STATUS_USER, and what says that a device has verified the checksums (TP_STATUS_CSUM_VALID). */
    private static final int STATUS = 1 | 1 << 7;

    private final RingV3 blocks = new RingV3(1, 1600, null);
    private final RingV2 frames = new RingV2(1, 1600);
    private NativeMemory blockMemory;
    private NativeMemory frameMemory;
    private int block;
    private int frame;
    private long seen;
    private final PacketHandler handler = (buffer, offset, captured, wire, timestampNs) -> seen += captured + offset;

    @Setup
    public void fill() {
        blockMemory = NativeMemory.allocate((int) blocks.length());
        ByteBuffer b = blockMemory.buffer();
        for (int base = 0; base < blocks.length(); base += V3_BLOCK) {
            b.putInt(base + 12, PACKETS).putInt(base + 16, 48);
            for (int i = 0; i < PACKETS; i++) {
                int at = base + 48 + i * V3_PACKET;
                b.putInt(at, V3_PACKET)
                        .putInt(at + 12, 100)
                        .putInt(at + 16, 100)
                        .putInt(at + 20, STATUS);
                b.putShort(at + 26, (short) 82);
            }
        }
        blocks.map(blockMemory);
        frameMemory = NativeMemory.allocate((int) frames.length());
        for (int at = 0; at < frames.length(); at += V2_FRAME) {
            frameMemory.buffer().putInt(at + 4, 100).putInt(at + 8, 100).putShort(at + 14, (short) 80);
        }
        frames.map(frameMemory);
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public long v3() {
        blockMemory.buffer().putInt(block * V3_BLOCK + 8, 1);
        block = block + 1 == blocks.length() / V3_BLOCK ? 0 : block + 1;
        check(blocks.poll(handler, PACKETS));
        return seen;
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public long v2() {
        int count = (int) (frames.length() / V2_FRAME);
        for (int i = 0; i < PACKETS; i++) {
            frameMemory.buffer().putInt(frame * V2_FRAME, STATUS);
            frame = frame + 1 == count ? 0 : frame + 1;
        }
        check(frames.poll(handler, PACKETS));
        return seen;
    }

    private static void check(int polled) {
        if (polled != PACKETS) {
            throw new IllegalStateException(polled + " packets of " + PACKETS);
        }
    }
}
