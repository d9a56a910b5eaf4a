// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import com.google.protobuf.ByteString;
import drcopy.interceptor.routing.RouteRecord;
import drcopy.v1.AttachRequest;
import drcopy.v1.Hello;
import drcopy.v1.RouteBatch;
import drcopy.v1.RouteSnapshot;
import drcopy.wire.FlowKey;
import java.nio.ByteBuffer;

/** Messages of a copier, for tests. Flow n is one client port toward one target. */
final class Records {
    private Records() {}

    static FlowKey flow(int n) {
        return new FlowKey().set(0, 0xffff_c612_0801L + n / 60_000, 1024 + n % 60_000, 0, 0xffff_c612_01c8L, 80);
    }

    static AttachRequest hello(String copierId, long incarnation, int connection) {
        return AttachRequest.newBuilder()
                .setHello(Hello.newBuilder()
                        .setCopierId(copierId)
                        .setIncarnation(incarnation)
                        .setPool("default")
                        .addInstanceIds(0)
                        .setProtocol(1)
                        .setConnection(connection))
                .build();
    }

    /** Routes of these flows; the route id of flow n is base + n. */
    static ByteString routes(long base, int payloadWanted, int... flows) {
        ByteBuffer b = ByteBuffer.allocate(flows.length * RouteRecord.LENGTH);
        for (int i = 0; i < flows.length; i++) {
            RouteRecord.put(b, i * RouteRecord.LENGTH, base + flows[i], flow(flows[i]), 0, payloadWanted);
        }
        return ByteString.copyFrom(b);
    }

    static AttachRequest add(long base, int... flows) {
        return AttachRequest.newBuilder()
                .setRoutes(RouteBatch.newBuilder().setAdd(routes(base, 0, flows)))
                .build();
    }

    static AttachRequest addWithPayload(long base, int payloadWanted, int... flows) {
        return AttachRequest.newBuilder()
                .setRoutes(RouteBatch.newBuilder().setAdd(routes(base, payloadWanted, flows)))
                .build();
    }

    static AttachRequest remove(long... routeIds) {
        ByteBuffer b = ByteBuffer.allocate(routeIds.length * RouteRecord.REMOVE_LENGTH);
        for (long id : routeIds) {
            b.putLong(id);
        }
        return AttachRequest.newBuilder()
                .setRoutes(RouteBatch.newBuilder().setRemove(ByteString.copyFrom(b.flip())))
                .build();
    }

    static AttachRequest snapshot(boolean first, boolean last, long base, int... flows) {
        return AttachRequest.newBuilder()
                .setSnapshot(RouteSnapshot.newBuilder()
                        .setRoutes(routes(base, 0, flows))
                        .setFirst(first)
                        .setLast(last))
                .build();
    }
}
