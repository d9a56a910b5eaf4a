// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import drcopy.agent.HostPort;
import drcopy.copier.config.CopierConfig;
import drcopy.copier.route.RouteLoop;
import drcopy.tls.MutualTls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The links to all interceptors of the pool, as the newest {@link ClusterView} has them. {@link #update} may be called by any
 * thread, again and again; members that stay keep their streams.
 */
public final class InterceptorSet implements AutoCloseable {
    private final Ways ways;
    private final ResponseSink sink;
    private final RouteLoop loop;
    private final Listener listener;
    /** Owned by the shard thread. */
    private final Map<HostPort, List<InterceptorLink>> links = new LinkedHashMap<>();

    private volatile CopierIdentity identity;
    private volatile List<Standing> standings = List.of();

    /**
     * How one interceptor fares. Immutable.
     *
     * @param streamsUp welcomed streams, 0..connections
     * @param responsesDropped summaries it dropped because our streams were slow, since they began
     * @param lastFailure why the last attempt failed; empty before the first failure
     */
    public record Standing(HostPort interceptor, int streamsUp, long responsesDropped, String lastFailure) {}

    /**
     * How interceptors are connected to. Immutable.
     *
     * @param first number of the first connection to each, 0 unless other shards have theirs, too
     * @param tls certificates; empty without TLS
     * @param streams does the work
     */
    public record Ways(int first, Optional<MutualTls> tls, StreamLoop streams) {
        /** A shard's. */
        public static Ways of(CopierConfig.Interceptors config, int shard, StreamLoop streams) {
            return new Ways(shard * config.connections(), config.tls(), streams);
        }
    }

    /** Hears about interceptors coming and going. Called by the shard thread; must not block. */
    public interface Listener {
        /**
         * The number of interceptors with at least one stream changed, or an attempt failed.
         *
         * @param up interceptors with a welcomed stream
         * @param members interceptors there should be
         */
        void onStanding(int up, int members);

        /** An interceptor has seen a newer lease of this instance ID. */
        default void onSuperseded(int instanceId, long epoch) {}
    }

    public InterceptorSet(CopierIdentity identity, Ways ways, ResponseSink sink, RouteLoop loop, Listener listener) {
        this.identity = identity;
        this.ways = ways;
        this.sink = sink;
        this.loop = loop;
        this.listener = listener;
    }

    CopierIdentity identity() {
        return identity;
    }

    Listener listener() {
        return listener;
    }

    /** Who says Hello from now on; streams that are up said it as before. Any thread. */
    public void identify(CopierIdentity newIdentity) {
        identity = newIdentity;
    }

    /** Has every stream begin anew, with a Hello as {@link #identify} has it. Any thread. */
    public void sayHelloAgain() {
        loop.execute(() -> links.values().forEach(all -> all.forEach(InterceptorLink::sayAgain)));
    }

    Ways ways() {
        return ways;
    }

    ResponseSink sink() {
        return sink;
    }

    RouteLoop loop() {
        return loop;
    }

    /** Connects to new members and leaves those that are gone. Any thread. */
    public void update(ClusterView view) {
        loop.execute(() -> apply(view));
    }

    private void apply(ClusterView view) {
        links.entrySet().removeIf(entry -> {
            boolean gone = !view.interceptors().contains(entry.getKey());
            if (gone) {
                entry.getValue().forEach(InterceptorLink::close);
            }
            return gone;
        });
        for (HostPort interceptor : view.interceptors()) {
            links.computeIfAbsent(interceptor, this::connect);
        }
        publish();
        links.values().forEach(all -> all.forEach(InterceptorLink::connect));
    }

    private List<InterceptorLink> connect(HostPort interceptor) {
        List<InterceptorLink> made = new ArrayList<>();
        for (int i = 0; i < loop.connections(); i++) {
            made.add(new InterceptorLink(this, interceptor, i, this::changed));
        }
        return List.copyOf(made);
    }

    private void changed() {
        publish();
        int up = (int) standings.stream().filter(s -> s.streamsUp() > 0).count();
        listener.onStanding(up, standings.size());
    }

    private void publish() {
        List<Standing> now = new ArrayList<>();
        links.forEach((interceptor, all) -> now.add(standing(interceptor, all)));
        standings = List.copyOf(now);
    }

    private static Standing standing(HostPort interceptor, List<InterceptorLink> all) {
        int up = 0;
        long dropped = 0;
        String failure = "";
        for (InterceptorLink link : all) {
            up += link.isUp() ? 1 : 0;
            dropped += link.responsesDropped();
            failure = failure.isEmpty() ? link.lastFailure() : failure;
        }
        return new Standing(interceptor, up, dropped, failure);
    }

    /** Whether there is a welcomed stream to this interceptor. Any thread. */
    public boolean isUp(HostPort interceptor) {
        return standings.stream().anyMatch(s -> s.interceptor().equals(interceptor) && s.streamsUp() > 0);
    }

    /** How each interceptor fares, as of the last change. Any thread. */
    public List<Standing> standings() {
        return standings;
    }

    /** Ends all streams soon; the loop must still run. Any thread. */
    @Override
    public void close() {
        update(new ClusterView(List.of()));
    }
}
