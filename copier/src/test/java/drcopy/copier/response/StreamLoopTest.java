// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StreamLoopTest {
    private static final long PATIENCE_MS = 10_000;
    private static final long WAIT_NS = 50_000_000;

    private final CompletableFuture<Void> isWoken = new CompletableFuture<>();
    private final CompletableFuture<Long> waitedNs = new CompletableFuture<>();
    private Consumer<StreamLoop> work;
    private final Thread owner = new Thread(this::run, "owner");
    private final StreamLoop loop = new StreamLoop(owner);

    private void run() {
        work.accept(loop);
        loop.close();
    }

    private void start(Consumer<StreamLoop> ownersWork) {
        work = ownersWork;
        owner.setDaemon(true);
        owner.start();
    }

    @Test
    void awaitHearsAWakeUpThatCameBeforeAFlush() throws Exception {
        start(streams -> {
            isWoken.join();
            streams.flush();
            streams.await(Long.MAX_VALUE);
        });

        loop.wakeUp();
        isWoken.complete(null);

        owner.join(PATIENCE_MS);
        assertThat(owner.isAlive()).isFalse();
    }

    @Test
    void aWakeUpEndsOneWaitOnly() throws Exception {
        start(streams -> {
            streams.await(Long.MAX_VALUE);
            long start = System.nanoTime();
            streams.await(WAIT_NS);
            waitedNs.complete(System.nanoTime() - start);
        });

        loop.wakeUp();

        owner.join(PATIENCE_MS);
        assertThat(owner.isAlive()).isFalse();
        assertThat(waitedNs).isCompletedWithValueMatching(ns -> ns >= WAIT_NS);
    }
}
