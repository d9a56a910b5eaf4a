// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.stream;

import drcopy.agent.EverySeconds;
import drcopy.interceptor.metrics.InterceptorCounter;
import drcopy.interceptor.metrics.InterceptorCounters;
import drcopy.tls.TlsFailure;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts connections that TLS refuses, and says of some of them why. First in each connection's pipeline; called by event loops. */
@Sharable
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HandshakeWatch.class);
    private static final int SECONDS_BETWEEN_WARNINGS = 10;

    private final InterceptorCounters counters;
    private final EverySeconds refusals = new EverySeconds(SECONDS_BETWEEN_WARNINGS);

    HandshakeWatch(InterceptorCounters counters) {
        this.counters = counters;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls != null) {
            SocketAddress peer = context.channel().remoteAddress();
            var unused = tls.handshakeFuture().addListener(done -> {
                if (!done.isSuccess()) {
                    refused(peer, done.cause());
                }
            });
        }
        context.pipeline().remove(this);
        context.fireChannelActive();
    }

    private void refused(SocketAddress peer, Throwable cause) {
        counters.count(InterceptorCounter.HANDSHAKES_REFUSED);
        refusals.warn(
                LOG,
                System.nanoTime(),
                "[{}] Refused: {}",
                InterceptionService.text(peer),
                TlsFailure.clause(cause).orElse("the TLS handshake failed, " + cause.getMessage()));
    }
}
