// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import drcopy.wire.InternetChecksum;
import java.nio.ByteBuffer;
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
import org.openjdk.jmh.annotations.Warmup;

/** The checksum of a whole segment against the update of one that changed in one word. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChecksumBenchmark {
    /** Bytes of TCP header and payload: an ACK, a small request, a full segment, a super-segment. */
    @Param({"32", "132", "1480", "65000"})
    public int length;

    private ByteBuffer direct;
    private ByteBuffer heap;
    private int checksum;
    private int word;

    @Setup
    public void fill() {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        heap = ByteBuffer.wrap(bytes);
        direct = ByteBuffer.allocateDirect(length).put(0, bytes);
        checksum = sumDirect();
        if (checksum != sumHeap()) {
            throw new IllegalStateException("direct and heap sums differ");
        }
    }

    @Benchmark
    public int sumDirect() {
        return InternetChecksum.finish(InternetChecksum.sum(direct, 0, length, 0));
    }

    @Benchmark
    public int sumHeap() {
        return InternetChecksum.finish(InternetChecksum.sum(heap, 0, length, 0));
    }

    @Benchmark
    public int update() {
        checksum = InternetChecksum.update32(checksum, word, ++word);
        return checksum;
    }
}
