// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import drcopy.bench.ModelCopier;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.routing.ParkingTable;
import drcopy.interceptor.routing.RouteRecord;
import drcopy.interceptor.routing.RouteTable;
import drcopy.interceptor.stream.StreamInbox;
import drcopy.interceptor.summary.ResponseRecord;
import drcopy.netio.Moderation;
import drcopy.v1.AttachRequest;
import drcopy.v1.RouteBatch;
import drcopy.wire.FlowKey;
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

/** Nanoseconds and bytes allocated per record of a message between copier and interceptor, on the interceptor's side. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class InterceptorColumnsBenchmark {
    private static final int RECORDS = 256;
    private static final int FIRST_PORT = 10_000;

    @Param({"1", "16", "256"})
    public int recordsPerMessage;

    private final StreamInbox inbox = new StreamInbox(1, () -> {});
    private final ModelCopier copier = new ModelCopier(inbox);
    private final InterceptorCounters counters = new InterceptorCounters();
    private final RouteTable routes = new RouteTable(RECORDS);
    private final CopierLinks links = new CopierLinks(1, new PendingBudget(0));
    private final CopierLink link = links.open(inbox.poll().stream());
    private final byte[] response = new byte[ResponseRecord.LENGTH];
    private RouteRegistrar registrar;
    private byte[] routeMessage;

    @Setup
    public void open() throws InvalidProtocolBufferException {
        ParkingTable parking = new ParkingTable(RECORDS, 1, 0, ResponseRecord.LENGTH);
        ResponseIntake intake =
                new ResponseIntake(packet -> true, routes, parking, links, new Moderation(), counters, () -> 0);
        registrar = new RouteRegistrar(routes, links, intake, counters);
        routeMessage = AttachRequest.newBuilder()
                .setRoutes(RouteBatch.newBuilder().setAdd(adds()).setRemove(removes()))
                .build()
                .toByteArray();
        if (decodeRoutes() != RECORDS) {
            throw new IllegalStateException("not every route came and went");
        }
    }

    private ByteString adds() {
        ByteBuffer records = ByteBuffer.allocate(recordsPerMessage * RouteRecord.LENGTH);
        FlowKey key = new FlowKey();
        for (int i = 0; i < recordsPerMessage; i++) {
            key.set(0, 0xffff_c612_0801L, FIRST_PORT + i, 0, 0xffff_c612_01c8L, 80);
            RouteRecord.put(records, i * RouteRecord.LENGTH, i, key, 0, 0);
        }
        return ByteString.copyFrom(records);
    }

    private ByteString removes() {
        ByteBuffer ids = ByteBuffer.allocate(recordsPerMessage * RouteRecord.REMOVE_LENGTH);
        for (int i = 0; i < recordsPerMessage; i++) {
            ids.putLong(i);
        }
        return ByteString.copyFrom(ids.flip());
    }

    /** Records of responses, ready made, into the outbox and out of it as a message, written as it goes on the wire. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long encodeResponses() {
        Outbox outbox = link.outbox();
        for (int i = 1; i <= RECORDS; i++) {
            int at = outbox.claim();
            outbox.buffer().put(at, response);
            outbox.commit();
            if (i % recordsPerMessage == 0) {
                outbox.flush(link.stream());
            }
        }
        return copier.bytes();
    }

    /** A message of routes that are added and removed; per route. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public int decodeRoutes() throws InvalidProtocolBufferException {
        int applied = 0;
        for (int i = 0; i < RECORDS; i += recordsPerMessage) {
            RouteMessage message = RouteMessage.of(link, AttachRequest.parseFrom(routeMessage));
            RouteRegistrar.Progress progress = registrar.apply(message, Integer.MAX_VALUE);
            if (progress == RouteRegistrar.Progress.DONE && routes.size() == 0) {
                applied += recordsPerMessage;
            }
        }
        return applied;
    }
}
