// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The last events of a run, for its failure message; they are put into words only then. */
public final class Transcript {
    private record Event(long timeNs, Supplier<String> text) {}

    private final int size;
    private final Deque<Event> events = new ArrayDeque<>();
    private final long startNs;

    public Transcript(int size, long startNs) {
        this.size = size;
        this.startNs = startNs;
    }

    /** Notes an event. */
    public void note(long nowNs, Supplier<String> event) {
        events.add(new Event(nowNs, event));
        if (events.size() > size) {
            events.poll();
        }
    }

    /** One event a line, oldest first. */
    public String text() {
        return events.stream()
                .map(e -> String.format(Locale.ROOT, "%12.6f %s", (e.timeNs - startNs) / 1e9, e.text.get()))
                .collect(Collectors.joining("\n"));
    }
}
