// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

import drcopy.copier.response.ResponseSink;
import drcopy.copier.session.TargetResponse;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;

/**
 * What interceptors say, on its way from gRPC's callbacks to the engine. Bounded in records and in batches; what finds no
 * room is counted and gone, as a packet lost on the way would be.
 */
public final class ShardInbox implements ResponseSink {
    /** Records that wait at most: 10 MiB. */
    static final long RECORDS_LIMIT = 262_144;

    /** A batch counts as at least so many records, so that small ones are bounded in number, too. */
    private static final int LEAST_RECORDS = 8;

    /** Twice what the limit of records lets in, so that conflicts always find room. */
    private static final int CAPACITY = 65_536;

    private final MpscAtomicArrayQueue<Object> queue = new MpscAtomicArrayQueue<>(CAPACITY);
    private final AtomicLong waitingRecords = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean hasReturned = new AtomicBoolean();
    private final Runnable wakeUp;

    /** Takes what comes out. Called by the shard thread. */
    interface Reader {
        /** Whole records from position to limit; {@code payloads} as in {@link ResponseSink}. */
        void onResponses(ByteBuffer records, ByteBuffer[] payloads);

        void onRouteConflict(long routeId);

        void onInterceptorReturned();
    }

    private record Conflict(long routeId) {}

    /** Records some of which have payload. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, compared by nobody
    private record WithPayload(ByteBuffer records, ByteBuffer[] payloads) {}

    /** @param wakeUp makes the shard thread look here soon; cheap when it is awake; any thread */
    public ShardInbox(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    private static long weight(ByteBuffer records) {
        return Math.max(LEAST_RECORDS, records.remaining() / TargetResponse.LENGTH);
    }

    @Override
    public void onResponses(ByteBuffer records, ByteBuffer[] payloads) {
        long weight = weight(records);
        boolean fits = waitingRecords.addAndGet(weight) <= RECORDS_LIMIT;
        if (fits && queue.offer(payloads == null ? records : new WithPayload(records, payloads))) {
            wakeUp.run();
        } else {
            waitingRecords.addAndGet(-weight);
            dropped.addAndGet(records.remaining() / TargetResponse.LENGTH);
        }
    }

    @Override
    public void onRouteConflict(long routeId) {
        if (queue.offer(new Conflict(routeId))) {
            wakeUp.run();
        } else {
            dropped.incrementAndGet();
        }
    }

    @Override
    public void onInterceptorReturned() {
        hasReturned.set(true);
        wakeUp.run();
    }

    /**
     * Hands over what waits, at most about {@code recordLimit} records. Shard thread.
     *
     * @return records and other messages handed over
     */
    int drain(Reader reader, int recordLimit) {
        int done = 0;
        while (done < recordLimit) {
            Object next = queue.relaxedPoll();
            if (next == null) {
                break;
            }
            if (next instanceof ByteBuffer records) {
                done += handOver(reader, records, null);
            } else if (next instanceof WithPayload batch) {
                done += handOver(reader, batch.records, batch.payloads);
            } else {
                done++;
                reader.onRouteConflict(((Conflict) next).routeId);
            }
        }
        if (hasReturned.get() && hasReturned.getAndSet(false)) {
            done++;
            reader.onInterceptorReturned();
        }
        return done;
    }

    /** True when {@link #drain} has nothing to hand over. Shard thread. */
    boolean isEmpty() {
        return queue.isEmpty() && !hasReturned.get();
    }

    private int handOver(Reader reader, ByteBuffer records, ByteBuffer[] payloads) {
        waitingRecords.addAndGet(-weight(records));
        int count = records.remaining() / TargetResponse.LENGTH;
        reader.onResponses(records, payloads);
        return count;
    }

    /** Records that found no room since the last call. Shard thread. */
    long takeDropped() {
        return dropped.getAndSet(0);
    }
}
