// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoEvent;
import io.grpc.netty.shaded.io.netty.channel.IoRegistration;
import io.grpc.netty.shaded.io.netty.channel.ManualIoEventLoop;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandle;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoOps;
import io.grpc.netty.shaded.io.netty.channel.unix.FileDescriptor;
import java.util.concurrent.TimeUnit;

/**
 * Where a shard's thread waits: one epoll instance for its captures and for its connections to the interceptors. So a response goes
 * from its connection to the engine, and a route from the engine to its connections, on one thread, without a wake-up between
 * threads. Owned by that thread; {@link #wakeUp} may be called by any, {@link #watch} before the first {@link #await}, too.
 */
public final class StreamLoop {
    private static final long LOOK = -1;
    private static final long CLOSE_MS = 500;

    private final ManualIoEventLoop loop;
    private boolean isWoken;

    /** @param owner the only thread that waits */
    public StreamLoop(Thread owner) {
        loop = new ManualIoEventLoop(owner, EpollIoHandler.newFactory());
    }

    /** Makes {@link #await} return as long as the descriptor is readable; negative ones are left out. They stay their owner's. */
    public void watch(int... descriptors) {
        for (int descriptor : descriptors) {
            if (descriptor >= 0) {
                var unused = loop.register(new Watch(new FileDescriptor(descriptor)))
                        .addListener(done -> ((IoRegistration) done.getNow()).submit(EpollIoOps.EPOLLIN));
            }
        }
    }

    /**
     * Waits for a readable descriptor, traffic on a connection, or a {@link #wakeUp}, and lets gRPC take in and send what there
     * is; callbacks of the streams run meanwhile.
     *
     * @param timeoutNs at most so long; 0 or less only looks
     */
    public void await(long timeoutNs) {
        loop.run(isWoken || timeoutNs <= 0 ? LOOK : timeoutNs);
        isWoken = false;
    }

    /** Sends what the streams were given since the last call. */
    public void flush() {
        loop.runNonBlockingTasks(0);
    }

    /**
     * Makes {@link #await} return soon, the next one if the owner is not in one. Any thread; costs nothing for the owner itself.
     */
    public void wakeUp() {
        if (!loop.inEventLoop()) {
            // A mere wakeup() just before the wait would be forgotten, and flush() may come across this.
            loop.execute(this::wake);
        }
    }

    private void wake() {
        isWoken = true;
    }

    /** Ends all connections and gives the epoll instance back. The owner's last call. */
    public void close() {
        var unused = loop.shutdownGracefully(0, CLOSE_MS, TimeUnit.MILLISECONDS);
        while (!loop.isTerminated()) {
            loop.run(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    EventLoopGroup group() {
        return loop;
    }

    /** Level-triggered: that {@link #await} returns is all that is wanted. */
    private record Watch(FileDescriptor fd) implements EpollIoHandle {
        @Override
        public void handle(IoRegistration registration, IoEvent event) {}

        @Override
        public void close() {}
    }
}
