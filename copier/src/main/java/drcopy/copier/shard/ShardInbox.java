// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

import drcopy.copier.response.ResponseSink;
import drcopy.copier.session.TargetResponse;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;

/**
 * What interceptors say, on its way from gRPC's threads to the shard thread. Bounded in records and in batches; what finds no
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
        /** Whole records from position to limit. */
        void onResponses(ByteBuffer records);

        void onRouteConflict(long routeId);

        void onInterceptorReturned();
    }

    private record Conflict(long routeId) {}

    /** @param wakeUp makes the shard thread look here soon; cheap when it is awake; any thread */
    public ShardInbox(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    private static long weight(ByteBuffer records) {
        return Math.max(LEAST_RECORDS, records.remaining() / TargetResponse.LENGTH);
    }

    @Override
    public void onResponses(ByteBuffer records) {
        long weight = weight(records);
        boolean fits = waitingRecords.addAndGet(weight) <= RECORDS_LIMIT;
        if (fits && queue.offer(records)) {
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
                waitingRecords.addAndGet(-weight(records));
                done += records.remaining() / TargetResponse.LENGTH;
                reader.onResponses(records);
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

    /** Records that found no room since the last call. Shard thread. */
    long takeDropped() {
        return dropped.getAndSet(0);
    }
}
