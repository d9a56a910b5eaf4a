// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

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
 * Nanoseconds and bytes allocated per segment that enters the engine (client's and target's alike), what it sends for them
 * included, down to whole packets with checksums. In steady state it allocates nothing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
public class SessionEngineBenchmark {
    /** Established sessions, each in its turn. */
    @State(Scope.Thread)
    public static class Established {
        @Param({"1", "10000"})
        public int sessions;

        /** Bytes: a small request, a full segment, a GRO super-segment of ten. */
        @Param({"100", "1448", "14480"})
        public int requestLength;

        private EngineRig rig;
        private int session;

        @Setup
        public void open() {
            rig = new EngineRig(sessions, requestLength);
            for (int i = 0; i < sessions; i++) {
                rig.open(i);
            }
        }

        @TearDown
        public void check() {
            rig.checkBooks();
        }

        private int next() {
            session = session + 1 == sessions ? 0 : session + 1;
            return session;
        }
    }

    /** Sessions that come and go: each is closed by its client; its ports come again when it is forgotten. */
    @State(Scope.Thread)
    public static class Passing {
        private static final int PORTS = 200_000;

        private final EngineRig rig = new EngineRig(PORTS, 100);
        private int session;

        @TearDown
        public void check() {
            rig.checkBooks();
        }

        private int next() {
            session = session + 1 == PORTS ? 0 : session + 1;
            return session;
        }
    }

    /** A request and its answer: two segments. */
    @Benchmark
    @OperationsPerInvocation(2)
    public long exchange(Established state) {
        state.rig.exchange(state.next());
        return state.rig.sent();
    }

    /** SYN, SYN/ACK, ACK, request, answer, FIN, FIN, ACK: eight segments. */
    @Benchmark
    @OperationsPerInvocation(8)
    public long wholeSession(Passing state) {
        int session = state.next();
        state.rig.open(session);
        state.rig.exchange(session);
        state.rig.close(session);
        return state.rig.sent();
    }
}
