// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.sim;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What happens when, in a virtual time; what is set for the same time happens in the order it was set. */
final class SimClock {
    private record Event(long timeNs, long order, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::timeNs).thenComparingLong(Event::order));
    private long nowNs;
    private long set;

    long nowNs() {
        return nowNs;
    }

    void advanceTo(long timeNs) {
        nowNs = Math.max(nowNs, timeNs);
    }

    void at(long timeNs, Runnable action) {
        events.add(new Event(Math.max(timeNs, nowNs), set++, action));
    }

    void after(long delayNs, Runnable action) {
        at(nowNs + delayNs, action);
    }

    /** When the next event is, or {@code Long.MAX_VALUE}. */
    long nextNs() {
        return events.isEmpty() ? Long.MAX_VALUE : events.peek().timeNs;
    }

    /** Runs all events of the next time there are any. */
    void runNext() {
        nowNs = events.peek().timeNs;
        while (!events.isEmpty() && events.peek().timeNs == nowNs) {
            events.poll().action.run();
        }
    }
}
