// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoEvent;
import io.grpc.netty.shaded.io.netty.channel.IoEventLoop;
import io.grpc.netty.shaded.io.netty.channel.IoRegistration;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandle;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoOps;
import io.grpc.netty.shaded.io.netty.channel.unix.FileDescriptor;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The diversion thread: one epoll loop that waits for packets and serves the copiers' connections. A response goes from the
 * kernel's buffer to the copier's socket on this one thread, without a hand-over that would cost a wake-up each way.
 * Connections are accepted on a thread of their own.
 */
public final class ServingLoop implements AutoCloseable {
    private static final long PATIENCE_MS = 2000;

    static {
        // It takes a stack trace of every 128th buffer; the buffers of this process are gRPC's own.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    private final EventLoopGroup acceptor =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("accept", true), EpollIoHandler.newFactory());
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("diversion", true), EpollIoHandler.newFactory());
    private final IoEventLoop loop = group.next();
    private final AtomicBoolean isDue = new AtomicBoolean();
    private volatile Runnable work = () -> {};
    private boolean isTimed;
    private boolean isResting;

    /**
     * Has work done on this thread: when the descriptor is readable, after {@link #wakeUp}, and every so often.
     *
     * @param descriptor readable as long as there is work; negative: there is none to watch
     * @param intervalMs longest time between two calls
     */
    public void drive(int descriptor, long intervalMs, Runnable task) {
        work = task;
        if (descriptor >= 0) {
            var unused = loop.register(new Watch(new FileDescriptor(descriptor), task))
                    .addListener(done -> ((IoRegistration) done.getNow()).submit(EpollIoOps.EPOLLIN));
        }
        var unused = loop.scheduleWithFixedDelay(task, 0, intervalMs, TimeUnit.MILLISECONDS);
    }

    /** Has the work done soon. Any thread; calls before it is done count as one. */
    public void wakeUp() {
        if (isDue.compareAndSet(false, true)) {
            loop.execute(this::workOnce);
        }
    }

    /** Has the work done after a while, or sooner when that was asked for before. The diversion thread. */
    public void wakeUpIn(long delayNs) {
        if (!isTimed) {
            isTimed = true;
            var unused = loop.schedule(this::workTimed, delayNs, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Has the thread wait so long, when what streams were given has left; 0 or less: not at all. Packets, streams and timers wait
     * with it. The diversion thread.
     */
    public void rest(long ns) {
        if (ns > 0 && !isResting) {
            isResting = true;
            loop.execute(() -> {
                LockSupport.parkNanos(this, ns);
                isResting = false;
            });
        }
    }

    private void workTimed() {
        isTimed = false;
        work.run();
    }

    private void workOnce() {
        isDue.set(false);
        work.run();
    }

    EventLoopGroup acceptor() {
        return acceptor;
    }

    EventLoopGroup group() {
        return group;
    }

    /** Ends both threads. */
    @Override
    public void close() {
        acceptor.shutdownGracefully(0, PATIENCE_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(PATIENCE_MS);
        group.shutdownGracefully(0, PATIENCE_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(PATIENCE_MS);
    }

    /** Level-triggered: reported again as long as packets are left. */
    private record Watch(FileDescriptor fd, Runnable task) implements EpollIoHandle {
        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            task.run();
        }

        /** The descriptor belongs to the source. */
        @Override
        public void close() {}
    }
}
