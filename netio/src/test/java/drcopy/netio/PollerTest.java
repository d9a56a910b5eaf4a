// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PollerTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void timeIsUpAfterTheTimeoutAndNotMuchLater() {
        try (Poller poller = new Poller()) {
            long start = System.nanoTime();

            boolean woken = poller.await(300_000);

            assertThat(woken).isFalse();
            assertThat(System.nanoTime() - start).isBetween(300_000L, SECOND_NS);
        }
    }

    @Test
    void wakeUpBeforeAwaitIsNotLost() {
        try (Poller poller = new Poller()) {
            poller.wakeUp();
            poller.wakeUp();

            assertThat(poller.await(Long.MAX_VALUE)).isTrue();
            assertThat(poller.await(0)).isFalse();
        }
    }

    @Test
    @Timeout(20)
    void wakeUpEndsAnEndlessSleep() throws Exception {
        try (Poller poller = new Poller()) {
            CountDownLatch returned = new CountDownLatch(1);
            Thread sleeper = new Thread(() -> {
                poller.await(Long.MAX_VALUE);
                returned.countDown();
            });
            sleeper.start();

            poller.wakeUp();

            returned.await();
            sleeper.join();
        }
    }

    @Test
    void negativeDescriptorsAreLeftOut() {
        try (Poller poller = new Poller(-1, -1)) {
            assertThat(poller.await(0)).isFalse();
        }
    }

    /** A lost wake-up would let the consumer sleep for ever with work in its queue: the time limit fails the test. */
    @Test
    @Timeout(60)
    void noWakeUpIsLostUnderStress() throws Exception {
        long rounds = 60_000;
        AtomicLong published = new AtomicLong();
        AtomicLong taken = new AtomicLong();
        try (Poller poller = new Poller()) {
            Thread consumer = new Thread(() -> {
                while (taken.get() < rounds) {
                    long seen = published.get();
                    if (seen != taken.get()) {
                        taken.set(seen);
                    } else {
                        poller.await(Long.MAX_VALUE);
                    }
                }
            });
            consumer.start();

            for (long i = 1; i <= rounds; i++) {
                published.set(i);
                poller.wakeUp();
                // Every third item waits for its predecessors, so that the consumer is met in every phase of its sleep.
                for (int spin = 0; i % 3 == 0 && taken.get() < i; spin++) {
                    if (spin > 1000) {
                        LockSupport.parkNanos(1_000);
                    }
                }
            }

            consumer.join();
            assertThat(taken.get()).isEqualTo(rounds);
        }
    }
}
