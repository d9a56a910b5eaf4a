// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import drcopy.v1.AttachRequest;
import drcopy.v1.AttachResponse;
import drcopy.v1.Hello;
import drcopy.v1.IdSuperseded;
import drcopy.v1.ResponseBatch;
import drcopy.v1.RouteBatch;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlowHistoryTest {
    private final FlowHistory history = new FlowHistory();

    @BeforeEach
    void twoCopiers() {
        for (int stream = 1; stream <= 2; stream++) {
            Hello hello = Hello.newBuilder()
                    .setCopierId("c" + stream)
                    .setIncarnation(stream)
                    .build();
            history.onRequest(
                    0, stream, AttachRequest.newBuilder().setHello(hello).build());
        }
    }

    private void add(long stream, long id, int flow, long seconds) {
        ByteBuffer route = ByteBuffer.allocate(48).putLong(0, id).putInt(20, flow);
        history.onRequest(
                seconds * 1_000_000_000,
                stream,
                AttachRequest.newBuilder()
                        .setRoutes(RouteBatch.newBuilder().setAdd(ByteString.copyFrom(route)))
                        .build());
    }

    private void respond(long stream, long id) {
        ByteBuffer response = ByteBuffer.allocate(40).putLong(0, id);
        history.onResponse(
                0,
                stream,
                AttachResponse.newBuilder()
                        .setResponses(ResponseBatch.newBuilder().setRecords(ByteString.copyFrom(response)))
                        .build());
    }

    @Test
    void aResponseToWhomClaimedTheFlowLaterIsForeign() {
        add(1, 10, 7, 0);
        add(2, 20, 7, 2);
        respond(1, 10);
        assertThat(history.foreign()).isZero();
        respond(2, 20);
        assertThat(history.foreign()).isEqualTo(1);
        assertThat(history.contested()).isEqualTo(1);
        assertThat(history.responses()).isEqualTo(2);
    }

    @Test
    void ofClaimsAtTheSameTimeOneIsTheOwner() {
        add(1, 10, 7, 0);
        add(2, 20, 7, 0);
        respond(2, 20);
        assertThat(history.foreign()).isZero();
        respond(1, 10);
        assertThat(history.foreign()).isEqualTo(1);
    }

    @Test
    void aFlowIsFreeWhenItsStreamHasEnded() {
        add(1, 10, 7, 0);
        respond(1, 10);
        history.onEnd(1);
        add(2, 20, 7, 2);
        respond(2, 20);
        assertThat(history.foreign()).isZero();
    }

    @Test
    void aRouteOnASupersededIdIsNoClaim() {
        history.onResponse(
                0,
                1,
                AttachResponse.newBuilder()
                        .setSuperseded(IdSuperseded.newBuilder().setInstanceId(0))
                        .build());
        add(1, 10, 7, 0);
        respond(1, 10);
        assertThat(history.foreign()).isEqualTo(1);
    }
}
