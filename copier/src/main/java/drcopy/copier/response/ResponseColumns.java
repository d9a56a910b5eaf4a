// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import drcopy.copier.session.TargetResponse;
import drcopy.v1.ResponseBatch;
import drcopy.v1.ResponsePayload;
import java.nio.ByteBuffer;

/** Takes a batch of summaries apart; what is half a record, or payload of none, is left out. Stateless. */
final class ResponseColumns {
    private ResponseColumns() {}

    /** Hands the batch over, without a copy. */
    static void deliver(ResponseBatch batch, ResponseSink sink) {
        ByteBuffer bytes = batch.getRecords().asReadOnlyByteBuffer();
        int records = bytes.remaining() / TargetResponse.LENGTH;
        if (records > 0) {
            bytes.limit(bytes.position() + records * TargetResponse.LENGTH);
            sink.onResponses(bytes.slice(), payloads(batch, records));
        }
    }

    private static ByteBuffer[] payloads(ResponseBatch batch, int records) {
        if (batch.getPayloadsCount() == 0) {
            return null;
        }
        ByteBuffer[] payloads = new ByteBuffer[records];
        for (ResponsePayload payload : batch.getPayloadsList()) {
            if (payload.getRecord() >= 0 && payload.getRecord() < records) {
                payloads[payload.getRecord()] = payload.getPayload().asReadOnlyByteBuffer();
            }
        }
        return payloads;
    }
}
