// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.route.RouteChanges;
import drcopy.copier.route.RouteLoop;
import drcopy.copier.route.RouteOutlet;
import drcopy.copier.route.RouteRing;
import drcopy.copier.session.TargetResponse;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import drcopy.v1.ResponseBatch;
import drcopy.v1.RouteBatch;
import drcopy.wire.FlowKey;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds and bytes allocated per record of a message between copier and interceptor, on the copier's side. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CopierColumnsBenchmark {
    private static final int RECORDS = 256;
    private static final int FIRST_PORT = 10_000;
    /** Virtual time between two batches of routes: longer than one waits for another. */
    private static final long CYCLE_NS = 100_000_000L;

    @Param({"1", "16", "256"})
    public int recordsPerMessage;

    private final RouteRing ring = new RouteRing(4 * RECORDS);
    private final Wire wire = new Wire();
    private final Reader reader = new Reader();
    private final FlowKey key = new FlowKey();
    private long nowNs;
    private final RouteLoop loop = new RouteLoop(ring, new Ledger(), () -> nowNs, () -> {}, 1);
    private byte[] responseMessage;

    @Setup
    public void open() throws InvalidProtocolBufferException {
        ByteString records = ByteString.copyFrom(new byte[recordsPerMessage * TargetResponse.LENGTH]);
        responseMessage = AttachResponse.newBuilder()
                .setResponses(ResponseBatch.newBuilder().setRecords(records))
                .build()
                .toByteArray();
        loop.addFeed(0).attach(wire, () -> {});
        long before = wire.messages;
        encodeRoutes();
        decodeResponses();
        if (wire.messages - before != RECORDS / recordsPerMessage || reader.records != RECORDS) {
            throw new IllegalStateException("messages are not of as many records as they should be");
        }
    }

    /** Routes that the engine adds and removes, through the ring, the table and a feed into a message; per route. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long encodeRoutes() {
        for (int i = 0; i < RECORDS; i += recordsPerMessage) {
            for (int route = i; route < i + recordsPerMessage; route++) {
                key.set(0, 0xffff_c612_0801L, FIRST_PORT + route, 0, 0xffff_c612_01c8L, 80);
                ring.add(route, key, 0);
                ring.remove(route);
            }
            ring.flush();
            nowNs += CYCLE_NS;
            loop.doWork();
        }
        return wire.bytes;
    }

    /** A message of responses, until each record has been looked at. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long decodeResponses() throws InvalidProtocolBufferException {
        for (int i = 0; i < RECORDS; i += recordsPerMessage) {
            ResponseColumns.deliver(AttachResponse.parseFrom(responseMessage).getResponses(), reader);
        }
        return reader.sum;
    }

    /** Writes each message as it goes on the wire, into the same array again and again. */
    private static final class Wire implements RouteOutlet {
        private final byte[] array = new byte[64 * 1024];
        private long messages;
        private long bytes;

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void routes(RouteChanges changes) {
            RouteBatch.Builder batch = RouteBatch.newBuilder()
                    .setAdd(UnsafeByteOperations.unsafeWrap(changes.add(), 0, changes.addLength()))
                    .setRemove(UnsafeByteOperations.unsafeWrap(changes.remove(), 0, changes.removeLength()));
            CodedOutputStream out = CodedOutputStream.newInstance(array);
            try {
                AttachRequest.newBuilder().setRoutes(batch).build().writeTo(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            messages++;
            bytes += out.getTotalBytesWritten();
        }

        @Override
        public void snapshot(byte[] routes, int length, SnapshotPart part) {}
    }

    /** Looks at every record as the engine does first. */
    private static final class Reader implements ResponseSink {
        private final TargetResponse response = new TargetResponse();
        private long records;
        private long sum;

        @Override
        public void onResponses(ByteBuffer bytes, ByteBuffer[] payloads) {
            for (int at = bytes.position(); at < bytes.limit(); at += TargetResponse.LENGTH) {
                sum += response.wrap(bytes, at).routeId() + response.seq();
                records++;
            }
        }

        @Override
        public void onRouteConflict(long routeId) {}

        @Override
        public void onInterceptorReturned() {}
    }
}
