// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.interceptor.metrics.InterceptorGauge;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands in front of the acceptor and closes connections beyond a number at once, so that a flood of them costs neither memory
 * nor files. Called by event loops.
 */
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private final int max;
    private final InterceptorCounters counters;
    private final HandshakeWatch handshakes;
    private final AtomicInteger live = new AtomicInteger();

    ConnectionLimit(int max, InterceptorCounters counters) {
        this.max = max;
        this.counters = counters;
        this.handshakes = new HandshakeWatch(counters);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel connection = (Channel) message;
        if (live.incrementAndGet() > max) {
            live.decrementAndGet();
            counters.count(InterceptorCounter.CONNECTIONS_REFUSED);
            connection.unsafe().closeForcibly();
            return;
        }
        counters.move(InterceptorGauge.CONNECTIONS, 1);
        var unused = connection.closeFuture().addListener(closed -> {
            live.decrementAndGet();
            counters.move(InterceptorGauge.CONNECTIONS, -1);
        });
        connection.pipeline().addLast(handshakes);
        context.fireChannelRead(message);
    }
}
