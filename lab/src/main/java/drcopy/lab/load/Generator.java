// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a {@link LoadPlan} on the calling thread. The rate is an offer: request i is due at i / rate seconds and goes out then,
 * or as soon as a connection is free; when none is, the offer waits and nothing is skipped.
 */
public final class Generator implements Connection.Listener {
    private static final long CLOCK_NS = 200_000_000;
    private static final int SCRATCH_BYTES = 1 << 16;

    private record Resting(Connection connection, long untilNs) {}

    private final LoadPlan plan;
    private final Latencies latencies = new Latencies();
    private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);
    private final ArrayDeque<Connection> free = new ArrayDeque<>();
    /** To rest once the selector has let go of them: their sockets are open until then. */
    private final ArrayDeque<Connection> closing = new ArrayDeque<>();

    private final ArrayDeque<Resting> resting = new ArrayDeque<>();
    private final List<Connection> connections = new ArrayList<>();
    private long issued;
    private long answered;
    private long failed;
    private boolean isStopped;

    public Generator(LoadPlan plan) {
        this.plan = plan;
        for (int i = 0; i < plan.connections(); i++) {
            Connection connection = new Connection(plan, i, this);
            connections.add(connection);
            free.add(connection);
        }
        for (Failure failure : Failure.values()) {
            failures.put(failure, 0L);
        }
    }

    /** Runs the plan to its end. */
    public LoadResult run() throws IOException {
        long startNs = System.nanoTime();
        long lastNs = startNs;
        try (Selector selector = Selector.open();
                Requests requests = new Requests(plan)) {
            ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
            long clockNs = startNs;
            for (long nowNs = startNs; !isDone(nowNs - startNs); nowNs = System.nanoTime()) {
                issue(selector, requests, startNs, nowNs);
                int closed = closing.size();
                selector.select(key -> ((Connection) key.attachment()).onReady(scratch), 1);
                rest(closed);
                if (nowNs - clockNs > CLOCK_NS) {
                    clockNs = nowNs;
                    onClock(nowNs, startNs);
                }
                lastNs = nowNs;
            }
            connections.forEach(Connection::close);
        }
        return result(lastNs - startNs);
    }

    private void rest(int closed) {
        for (int i = 0; i < closed; i++) {
            long untilNs = System.nanoTime() + plan.pause().toNanos();
            resting.addLast(new Resting(closing.pollFirst(), untilNs));
        }
    }

    private boolean isDone(long elapsedNs) {
        boolean isOver =
                isStopped || issued >= plan.count() || elapsedNs > plan.limit().toNanos();
        int idle = free.size() + closing.size() + resting.size();
        boolean isDrained = answered + failed == issued && idle == connections.size();
        return isOver && isDrained;
    }

    private void issue(Selector selector, Requests requests, long startNs, long nowNs) {
        long elapsedNs = nowNs - startNs;
        if (isStopped || elapsedNs > plan.limit().toNanos()) {
            return;
        }
        while (!resting.isEmpty() && resting.peekFirst().untilNs() - nowNs <= 0) {
            free.addLast(resting.pollFirst().connection());
        }
        long due = plan.rate() == 0 ? Long.MAX_VALUE : 1 + (long) (elapsedNs / 1e9 * plan.rate());
        long goal = Math.min(plan.count(), due);
        int round = connections.size(); // a closed loop, too, gets to its select
        while (issued < goal && round-- > 0 && !free.isEmpty()) {
            Connection connection = free.pollFirst();
            ByteBuffer request = requests.next(connection.index(), connection.requests());
            if (connection.send(request, selector, System.nanoTime())) {
                issued++;
            } else {
                closing.addLast(connection);
            }
        }
    }

    private void onClock(long nowNs, long startNs) {
        isStopped = plan.stop() != null && Files.exists(plan.stop());
        for (Connection connection : connections) {
            connection.onClock(nowNs);
        }
        boolean isSecond = (nowNs - startNs) / 1_000_000_000 != (nowNs - startNs - CLOCK_NS) / 1_000_000_000;
        if (plan.isChatty() && isSecond) {
            System.out.println("progress issued=" + issued + " answered=" + answered + " failed=" + failed);
        }
    }

    private LoadResult result(long elapsedNs) {
        return new LoadResult(
                issued,
                answered,
                failures.get(Failure.BROKEN),
                failures.get(Failure.TIMED_OUT),
                failures.get(Failure.BAD_STATUS),
                elapsedNs / 1_000_000,
                latencies.percentileNs(50) / 1000,
                latencies.percentileNs(99) / 1000,
                latencies.maxNs() / 1000);
    }

    @Override
    public void answered(Connection connection, int status, long latencyNs) {
        if (status == 200) {
            answered++;
            latencies.record(latencyNs);
        } else {
            failed(connection, Failure.BAD_STATUS);
        }
    }

    @Override
    public void failed(Connection connection, Failure failure) {
        failed++;
        failures.merge(failure, 1L, Long::sum);
    }

    @Override
    public void free(Connection connection) {
        if (plan.pause().isZero()) {
            free.addLast(connection);
        } else {
            closing.addLast(connection);
        }
    }
}
