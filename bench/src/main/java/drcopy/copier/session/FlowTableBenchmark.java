// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
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

/** Nanoseconds to find a session by its packet's key, in no order that a cache could foresee. Allocates nothing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FlowTableBenchmark {
    /** From one session to the next; a prime, so that all have their turn. */
    private static final int STRIDE = 7919;

    private static final int PORT = 80;
    /** No session has it. */
    private static final int OTHER_PORT = 81;

    private static final class Entry extends FlowEntry {}

    @Param({"100", "10000", "100000"})
    public int sessions;

    private final FlowTable<Entry> table = new FlowTable<>(1024);
    private final FlowKey key = new FlowKey();
    private final Entry passing = new Entry();
    private int session;

    @Setup
    public void fill() {
        for (int i = 0; i < sessions; i++) {
            Entry entry = new Entry();
            set(entry.key, i, PORT);
            table.put(entry);
        }
        if (findPresent() == null || findAbsent() != null || putAndRemove() != sessions) {
            throw new IllegalStateException("the table does not hold what was put into it");
        }
    }

    private static void set(FlowKey key, int session, int port) {
        long client = IpPacket.MAPPED_LO | 0xc6120801L + session / 50_000;
        long server = IpPacket.MAPPED_LO | 0xc61201c8L;
        key.set(IpPacket.MAPPED_HI, client, 10_000 + session % 50_000, IpPacket.MAPPED_HI, server, port);
    }

    private int next() {
        session = (session + STRIDE) % sessions;
        return session;
    }

    @Benchmark
    public Object findPresent() {
        set(key, next(), PORT);
        return table.find(key, 0);
    }

    @Benchmark
    public Object findAbsent() {
        set(key, next(), OTHER_PORT);
        return table.find(key, 0);
    }

    /** A session that comes and goes at once, among the others. */
    @Benchmark
    public int putAndRemove() {
        set(passing.key, next(), OTHER_PORT);
        table.put(passing);
        table.remove(passing);
        return table.size();
    }
}
