// SPDX-License-Identifier: Apache-2.0
package drcopy.bench;

import com.google.protobuf.UnsafeByteOperations;
import drcopy.interceptor.diversion.DiversionAgent;
import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.routing.RouteTable;
import drcopy.interceptor.stream.StreamInbox;
import drcopy.interceptor.summary.ResponseRecord;
import drcopy.interceptor.summary.ResponseSummarizer;
import drcopy.v1.AttachRequest;
import drcopy.v1.RouteBatch;
import drcopy.v1.Welcome;
import drcopy.wire.FlowKey;
import drcopy.wire.IpPacket;
import drcopy.wire.PacketDefect;
import java.nio.ByteBuffer;
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
 * Nanoseconds and bytes allocated per diverted response in the interceptor: from the packet, without the kernel that diverts it,
 * to the message to its copier, written as it goes on the wire, without the connection that carries it; and parts of that.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DiversionBenchmark {
    private static final int PACKETS = 256;
    private static final int ROUTES_A_MESSAGE = 1000;

    /** An interceptor with one copier, all of whose routes are known. */
    @State(Scope.Thread)
    public static class Diversion {
        @Param({"1", "16", "256"})
        public int packetsPerCycle;

        @Param({"100", "100000"})
        public int routes;

        private final InterceptorCounters counters = new InterceptorCounters();
        private final StreamInbox inbox = new StreamInbox(4, () -> {});
        private final ModelCopier copier = new ModelCopier(inbox);
        private DiversionAgent agent;
        private long nowNs;

        @Setup
        public void open() {
            agent = new DiversionAgent(
                    new Responses(routes, packetsPerCycle),
                    () -> {},
                    packet -> packet.sourcePort() == 80,
                    inbox,
                    counters,
                    routes,
                    Welcome.getDefaultInstance(),
                    () -> nowNs);
            for (int from = 0; from < routes; from += ROUTES_A_MESSAGE) {
                int count = Math.min(ROUTES_A_MESSAGE, routes - from);
                RouteBatch.Builder batch =
                        RouteBatch.newBuilder().setAdd(UnsafeByteOperations.unsafeWrap(Responses.routes(from, count)));
                copier.send(AttachRequest.newBuilder().setRoutes(batch).build());
                cycle();
            }
        }

        private void cycle() {
            nowNs += 10_000_000; // nothing rests
            agent.doWork(nowNs);
        }

        @TearDown
        public void check() {
            boolean isAllAdded = counters.value(InterceptorCounter.ROUTES_ADDED) == routes;
            if (!isAllAdded || counters.imbalance() != 0 || counters.value(InterceptorCounter.RESPONSES_SENT) == 0) {
                throw new IllegalStateException("the interceptor's books: routes added "
                        + counters.value(InterceptorCounter.ROUTES_ADDED) + ", responses sent "
                        + counters.value(InterceptorCounter.RESPONSES_SENT) + ", imbalance " + counters.imbalance());
            }
        }
    }

    /** The parts by themselves. */
    @State(Scope.Thread)
    public static class Parts {
        @Param({"100", "100000"})
        public int routes;

        private final IpPacket packet = new IpPacket();
        private final FlowKey key = new FlowKey();
        private final ByteBuffer record = ByteBuffer.allocate(ResponseRecord.LENGTH);
        private Responses responses;
        private RouteTable table;

        @Setup
        public void fill() {
            responses = new Responses(routes, 1);
            table = new RouteTable(routes);
            for (int flow = 0; flow < routes; flow++) {
                table.add(Responses.key(flow), 1, flow, 0);
            }
        }

        private boolean wrapNext() {
            ByteBuffer next = responses.next();
            return packet.wrapHeaders(next, 0, next.limit(), next.limit()) == PacketDefect.NONE;
        }
    }

    /** The duty cycle. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public long cycle(Diversion state) {
        for (int i = 0; i < PACKETS; i += state.packetsPerCycle) {
            state.cycle();
        }
        return state.copier.bytes();
    }

    /** The packet's headers, its key, and the route of that. */
    @Benchmark
    public int lookUp(Parts state) {
        return state.wrapNext() ? state.table.find(state.key.fromServer(state.packet)) : RouteTable.NONE;
    }

    /** The packet's headers and the record of it. */
    @Benchmark
    public ByteBuffer summarise(Parts state) {
        if (state.wrapNext()) {
            ResponseSummarizer.summarise(state.packet, 0, state.record, 0);
        }
        return state.record;
    }
}
