// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.session.EngineConfig;
import drcopy.copier.session.Target;
import drcopy.copier.session.TargetResponse;
import drcopy.copier.session.script.EngineRig;
import drcopy.copier.session.script.SentPacket;
import drcopy.v1.ResponseBatch;
import drcopy.v1.ResponsePayload;
import drcopy.wire.FlowKey;
import drcopy.wire.Fuzz;
import drcopy.wire.SegmentBuilder;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever summaries come, of whatever replica, the engine goes on: no fault, books that balance, packets that are whole. The rig
 * sees to it after every call.
 */
class ResponseColumnsFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final int ROUNDS_OF_AN_ENGINE = 500;
    private static final int CLIENTS = 40;
    private static final long TARGET_HI = 0;
    private static final long TARGET_LO = 0xffff_c612_01c8L;
    private static final int LONGEST_STEP_NS = 300_000_000;

    private final int[] nextSeq = new int[CLIENTS];
    private final int[] lastAck = new int[CLIENTS];
    private final long[] routes = new long[CLIENTS];
    private final FlowKey key = new FlowKey();
    private EngineRig rig;
    private long known;
    private long halves;

    @Test
    void noSummaryDoesHarm() {
        Fuzz.run("response columns", 40, ROUNDS, (random, round) -> {
            if (round % ROUNDS_OF_AN_ENGINE == 0) {
                begin();
            }
            say(random, random.nextInt(CLIENTS));
            try {
                ResponseBatch batch = ResponseBatch.parseFrom(mangled(random, batch(random)));
                halves += batch.getRecords().size() % TargetResponse.LENGTH == 0 ? 0 : 1;
                ResponseColumns.deliver(batch, new Sink());
            } catch (InvalidProtocolBufferException e) {
                assertThat(e).isNotNull(); // gRPC ends the stream
            }
            rig.batchEnd();
            rig.advanceTo(rig.nowNs() + random.nextInt(LONGEST_STEP_NS));
            for (SentPacket packet = rig.sent.poll(); packet != null; packet = rig.sent.poll()) {
                assertThat(packet).isNotNull();
            }
            known = Math.max(
                    known,
                    rig.ledger.value(CopierCounter.RESPONSES) - rig.ledger.value(CopierCounter.RESPONSES_UNKNOWN));
        });
        assertThat(known).isPositive();
        assertThat(halves).isPositive();
    }

    private void begin() {
        rig = new EngineRig(EngineConfig.defaults(), 1_000_000_000L);
        for (int client = 0; client < CLIENTS; client++) {
            nextSeq[client] = 1;
            lastAck[client] = 0;
            routes[client] = 0;
        }
    }

    /** A client opens, asks, or closes. */
    private void say(Random random, int client) {
        SegmentBuilder segment = SegmentBuilder.segment("198.18.8." + (client + 1), 4321, "198.18.0.10", 80)
                .seq(nextSeq[client])
                .ack(lastAck[client]);
        if (nextSeq[client] == 1) {
            segment.syn();
            nextSeq[client]++;
        } else if (random.nextInt(10) == 0) {
            segment.fin();
            nextSeq[client] = 1;
        } else {
            int length = 1 + random.nextInt(400);
            lastAck[client] += random.nextInt(2) * 100;
            segment.psh().payload(length);
            nextSeq[client] += length;
        }
        ByteBuffer packet = segment.build();
        key.set(0, 0xffff_c612_0800L + client + 1, 4321, TARGET_HI, TARGET_LO, 80);
        rig.captured(packet, new Target(TARGET_HI, TARGET_LO, 80), key.clientHi, key.clientLo);
        var route = rig.routes.latest(key);
        routes[client] = route == null ? 0 : route.id;
    }

    /** Records of replicas that are there, near what they expect, with some fields at random. */
    private ResponseBatch batch(Random random) {
        ByteBuffer records = ByteBuffer.allocate(16 * TargetResponse.LENGTH);
        int count = random.nextInt(16);
        for (int i = 0; i < count; i++) {
            int client = random.nextInt(CLIENTS);
            records.putLong(random.nextInt(8) == 0 ? random.nextLong() : routes[client]);
            records.putInt(random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(3_000));
            records.putInt(random.nextInt(4) == 0 ? random.nextInt() : nextSeq[client] - random.nextInt(3));
            records.putInt(random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(1_500));
            records.putShort((short) random.nextInt());
            records.put((byte) (random.nextInt(3) == 0 ? random.nextInt() : 0x10 | random.nextInt(4)));
            records.put((byte) random.nextInt(16));
            records.putInt(random.nextInt()).putInt(random.nextInt());
            records.putShort((short) random.nextInt()).put((byte) random.nextInt());
            records.put((byte) random.nextInt()).putInt(random.nextInt());
        }
        int end = random.nextInt(8) == 0 ? random.nextInt(records.position() + 1) : records.position();
        ResponseBatch.Builder batch =
                ResponseBatch.newBuilder().setRecords(ByteString.copyFrom(records.array(), 0, end));
        for (int n = random.nextInt(3); n > 0; n--) {
            batch.addPayloads(ResponsePayload.newBuilder()
                    .setRecord(random.nextInt(20) - 2)
                    .setPayload(ByteString.copyFromUtf8("payload")));
        }
        return batch.build();
    }

    private static byte[] mangled(Random random, ResponseBatch batch) {
        byte[] bytes = batch.toByteArray();
        for (int n = random.nextInt(4); n > 0 && bytes.length > 0; n--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    /** Straight into the engine, as a shard does. */
    private final class Sink implements ResponseSink {
        private final TargetResponse response = new TargetResponse();

        @Override
        public void onResponses(ByteBuffer records, ByteBuffer[] payloads) {
            int i = 0;
            for (int at = records.position(); at < records.limit(); at += TargetResponse.LENGTH) {
                ByteBuffer payload = payloads == null ? null : payloads[i++];
                rig.engine.onTargetResponse(response.wrap(records, at, payload), rig.nowNs());
            }
        }

        @Override
        public void onRouteConflict(long routeId) {}

        @Override
        public void onInterceptorReturned() {}
    }
}
