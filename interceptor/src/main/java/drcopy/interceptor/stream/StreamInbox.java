// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;

/**
 * The way from gRPC's threads to the diversion thread. It cannot overflow: there are at most {@link #maxStreams} streams, and
 * each may have {@link #WINDOW} messages on the way, as gRPC's flow control holds back the rest at the sender.
 */
public final class StreamInbox {
    /** Messages a stream may send before the diversion thread has dealt with the first. */
    static final int WINDOW = 4;

    private static final int EVENTS_PER_STREAM = 2 * (WINDOW + 2);

    private final int maxStreams;
    private final Runnable wakeUp;
    private final MpscAtomicArrayQueue<StreamEvent> events;
    private final AtomicInteger streams = new AtomicInteger();

    /** @param wakeUp called by any thread after an event; makes the diversion thread look here soon */
    public StreamInbox(int maxStreams, Runnable wakeUp) {
        this.maxStreams = maxStreams;
        this.wakeUp = wakeUp;
        this.events = new MpscAtomicArrayQueue<>(maxStreams * EVENTS_PER_STREAM);
    }

    /** Streams admitted at a time. */
    public int maxStreams() {
        return maxStreams;
    }

    /** Takes a place for a stream, if there is one. Any thread. */
    boolean admit() {
        int before = streams.getAndUpdate(n -> n < maxStreams ? n + 1 : n);
        return before < maxStreams;
    }

    /** Gives back the place of a stream. Any thread. */
    public void leave() {
        streams.decrementAndGet();
    }

    /** Any thread. */
    void post(StreamEvent event) {
        if (!events.offer(event)) {
            throw new IllegalStateException("the stream inbox overflowed: a stream sent more than its window");
        }
        wakeUp.run();
    }

    /** Tells the diversion thread that a stream takes messages again. Any thread. */
    void ready() {
        wakeUp.run();
    }

    /** The next event, or null. Diversion thread. */
    public StreamEvent poll() {
        return events.relaxedPoll();
    }

    /** Any thread. */
    public boolean isEmpty() {
        return events.isEmpty();
    }
}
