// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets one thread sleep in ppoll(2) until a source has packets, another thread calls {@link #wakeUp}, or time is up.
 *
 * <p>The protocol between sleeper and waker is one word. A waker makes its work visible, sets NOTIFIED, and writes to the
 * eventfd only when the word said SLEEPING. The sleeper goes from AWAKE to SLEEPING by compare-and-set; when that fails
 * somebody has notified since the last {@link #await}, and it returns at once. So a wake-up is never lost, however the two
 * interleave, and costs no system call while the sleeper is awake. After {@link #await} returned, the owner looks at all its
 * inputs once before it calls {@link #await} again.
 *
 * <p>Owned by the thread that waits, except {@link #wakeUp}.
 */
public final class Poller implements AutoCloseable {
    private static final int AWAKE = 0;
    private static final int SLEEPING = 1;
    private static final int NOTIFIED = 2;

    private static final int POLLFD_BYTES = 8;
    private static final int REVENTS = 6;
    private static final long TIMER_SLACK_NS = 1_000;

    /** Time that earns a sleep which the next packet ends: at most 20,000 such sleeps a second. */
    private static final long WAKE_UP_NS = 50_000;

    private static final long MAX_CREDIT_NS = 100 * WAKE_UP_NS;
    private static final long GATHER_NS = 100_000;

    private final AtomicInteger state = new AtomicInteger(AWAKE);
    private final int eventFd;
    private final int fdCount;
    private final NativeMemory pollFds;
    private final NativeMemory timespec = NativeMemory.allocate(16);
    private final NativeMemory eventCount = NativeMemory.allocate(8);
    private final NativeMemory wakeCount = NativeMemory.allocate(8);
    private boolean isTimerExact;
    private long credit = MAX_CREDIT_NS;
    private long creditedAt = System.nanoTime();

    /** A poller for file descriptors that become readable; negative ones are left out. */
    public Poller(int... fileDescriptors) {
        eventFd = KernelException.check(Libc.eventfd(0, Libc.CLOEXEC | Libc.NONBLOCK), "eventfd()");
        pollFds = NativeMemory.allocate(POLLFD_BYTES * (fileDescriptors.length + 1));
        wakeCount.buffer().putLong(0, 1);
        watch(0, eventFd);
        int count = 1;
        for (int fd : fileDescriptors) {
            if (fd >= 0) {
                watch(count++, fd);
            }
        }
        fdCount = count;
    }

    private void watch(int index, int fd) {
        pollFds.buffer().putInt(index * POLLFD_BYTES, fd).putShort(index * POLLFD_BYTES + 4, (short) Libc.POLLIN);
    }

    /**
     * Waits for a readable descriptor or a {@link #wakeUp}, at most {@code timeoutNs} nanoseconds; {@code Long.MAX_VALUE} means
     * for ever, 0 or less only looks.
     *
     * @return true when there is something to look at, false when the time was up
     */
    public boolean await(long timeoutNs) {
        return await(timeoutNs, fdCount);
    }

    /**
     * Like {@link #await}, for a source that wakes at every packet: when that happens oftener than a wake-up is worth, it
     * lets packets gather for {@value #GATHER_NS} ns and then returns true, whether or not there are any. A {@link #wakeUp}
     * is not delayed.
     */
    public boolean awaitPaced(long timeoutNs) {
        long now = System.nanoTime();
        credit = Math.min(MAX_CREDIT_NS, credit + now - creditedAt);
        creditedAt = now;
        if (credit >= WAKE_UP_NS) {
            credit -= WAKE_UP_NS;
            return await(timeoutNs);
        }
        await(Math.min(timeoutNs, GATHER_NS), 1);
        return true;
    }

    private boolean await(long timeoutNs, int count) {
        if (!state.compareAndSet(AWAKE, SLEEPING)) {
            state.set(AWAKE);
            return true;
        }
        int ready = Libc.ppoll(pollFds.address(), count, timeoutAddress(timeoutNs), 0);
        boolean isNotified = state.getAndSet(AWAKE) == NOTIFIED;
        // The waker may write after this look: then one later await returns early, which is harmless.
        if (ready > 0 && pollFds.buffer().getShort(REVENTS) != 0) {
            Libc.read(eventFd, eventCount.address(), 8);
        }
        return ready > 0 || isNotified;
    }

    private long timeoutAddress(long timeoutNs) {
        if (timeoutNs == Long.MAX_VALUE) {
            return 0;
        }
        if (!isTimerExact) {
            isTimerExact = true; // a thread's timers are otherwise up to 50 us late
            Libc.prctl(Libc.PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
        }
        long wait = Math.max(0, timeoutNs);
        ByteBuffer time = timespec.buffer();
        time.putLong(0, wait / 1_000_000_000L).putLong(8, wait % 1_000_000_000L);
        return timespec.address();
    }

    /**
     * Makes the sleeper return from {@link #await}, or its next {@link #await} return at once. What the calling thread wrote
     * before is visible to the sleeper afterwards. Any thread; cheap when the sleeper is awake.
     */
    public void wakeUp() {
        // Without the fence our own stores could still be on their way when a stale NOTIFIED is read.
        VarHandle.fullFence();
        if (state.get() != NOTIFIED && state.getAndSet(NOTIFIED) == SLEEPING) {
            Libc.write(eventFd, wakeCount.address(), 8);
        }
    }

    @Override
    public void close() {
        Libc.close(eventFd);
    }
}
