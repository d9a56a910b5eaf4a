// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import com.google.protobuf.ByteString;
import drcopy.interceptor.stream.AttachedStream;
import drcopy.interceptor.summary.ResponseRecord;
import drcopy.v1.AttachResponse;
import drcopy.v1.ResponseBatch;
import drcopy.v1.ResponsePayload;
import drcopy.wire.TcpFlags;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The summaries that wait for one stream. Normally they wait until the source is drained; when the stream is not ready they
 * pile up to a bound, beyond which {@link #claim} refuses. A record is written in place: {@link #claim}, puts, {@link #commit}.
 * Owned by the diversion thread.
 */
final class Outbox {
    /** Records of one message at most. */
    static final int MESSAGE_RECORDS = 512;
    /** Records that wait at most. */
    static final int MAX_RECORDS = 32768;
    /** Payload bytes that wait at most. */
    static final int MAX_PAYLOAD_BYTES = 1024 * 1024;

    private static final int INITIAL_RECORDS = 512;

    private record Payload(long sequence, ByteString bytes) {}

    private final PendingBudget budget;
    private final ArrayDeque<Payload> payloads = new ArrayDeque<>();
    private ByteBuffer records = ByteBuffer.allocate(INITIAL_RECORDS * ResponseRecord.LENGTH);
    private int first;
    private int count;
    private int payloadBytes;
    private long sent;
    private long messages;
    private boolean isUrgent;

    Outbox(PendingBudget budget) {
        this.budget = budget;
    }

    /** Records that wait. */
    int size() {
        return count;
    }

    /** Records sent so far. */
    long sent() {
        return sent;
    }

    /** Messages sent so far. */
    long messages() {
        return messages;
    }

    /** Where records are written; another one after each {@link #claim}. */
    ByteBuffer buffer() {
        return records;
    }

    /** Index in {@link #buffer} for the next record, or -1 when there is no room. */
    int claim() {
        int capacity = records.capacity() / ResponseRecord.LENGTH;
        if (first + count == capacity) {
            if (first > 0) {
                compact(records);
            } else if (!grow(capacity)) {
                return -1;
            }
        }
        return (first + count) * ResponseRecord.LENGTH;
    }

    /** The claimed record is complete. */
    void commit() {
        int at = (first + count) * ResponseRecord.LENGTH;
        isUrgent |= records.getInt(at + ResponseRecord.PAYLOAD_LENGTH_OFFSET) != 0
                || TcpFlags.any(records.get(at + ResponseRecord.FLAGS_OFFSET), TcpFlags.SYN | TcpFlags.RST);
        count++;
    }

    /** True when a record waits that a replica may be waiting for: an answer, not a mere acknowledgment or FIN. */
    boolean isUrgent() {
        return isUrgent;
    }

    /** Adds payload to the record that is claimed and not committed yet; false when there is no room. */
    boolean payload(ByteBuffer buffer, int at, int length) {
        if (payloadBytes + length > MAX_PAYLOAD_BYTES) {
            return false;
        }
        payloads.add(new Payload(sent + count, ByteString.copyFrom(buffer.slice(at, length))));
        payloadBytes += length;
        return true;
    }

    /** Sends what waits as long as the stream is ready. */
    void flush(AttachedStream stream) {
        while (count > 0 && stream.isReady()) {
            int n = Math.min(count, MESSAGE_RECORDS);
            stream.send(message(n));
            messages++;
            first += n;
            count -= n;
            sent += n;
        }
        if (count == 0) {
            first = 0;
            isUrgent = false;
            shrink();
        }
    }

    /** Forgets what waits and gives back the memory; returns how many records there were. */
    int discard() {
        int dropped = count;
        count = 0;
        first = 0;
        isUrgent = false;
        payloads.clear();
        payloadBytes = 0;
        shrink();
        return dropped;
    }

    private AttachResponse message(int n) {
        int from = first * ResponseRecord.LENGTH;
        ResponseBatch.Builder batch = ResponseBatch.newBuilder()
                .setRecords(ByteString.copyFrom(records.slice(from, n * ResponseRecord.LENGTH)));
        while (!payloads.isEmpty() && payloads.peek().sequence < sent + n) {
            Payload payload = payloads.remove();
            payloadBytes -= payload.bytes.size();
            batch.addPayloads(ResponsePayload.newBuilder()
                    .setRecord((int) (payload.sequence - sent))
                    .setPayload(payload.bytes));
        }
        return AttachResponse.newBuilder().setResponses(batch).build();
    }

    private boolean grow(int capacity) {
        if (capacity >= MAX_RECORDS || !budget.take(records.capacity())) {
            return false;
        }
        compact(ByteBuffer.allocate(records.capacity() * 2));
        return true;
    }

    private void shrink() {
        int initial = INITIAL_RECORDS * ResponseRecord.LENGTH;
        if (records.capacity() > initial) {
            budget.give(records.capacity() - initial);
            records = ByteBuffer.allocate(initial);
        }
    }

    private void compact(ByteBuffer into) {
        into.put(0, records, first * ResponseRecord.LENGTH, count * ResponseRecord.LENGTH);
        records = into;
        first = 0;
    }
}
