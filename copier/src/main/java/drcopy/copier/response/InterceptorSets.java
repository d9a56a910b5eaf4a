// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.response;

import drcopy.agent.HostPort;
import drcopy.copier.response.InterceptorSet.Standing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The links of all shards as one: each shard has streams of its own to every interceptor. Any thread. */
public final class InterceptorSets implements AutoCloseable {
    private final List<InterceptorSet> all;

    public InterceptorSets(List<InterceptorSet> all) {
        this.all = List.copyOf(all);
    }

    /** As {@link InterceptorSet#identify}. */
    public void identify(CopierIdentity identity) {
        all.forEach(set -> set.identify(identity));
    }

    /** As {@link InterceptorSet#sayHelloAgain}. */
    public void sayHelloAgain() {
        all.forEach(InterceptorSet::sayHelloAgain);
    }

    /** As {@link InterceptorSet#update}. */
    public void update(ClusterView view) {
        all.forEach(set -> set.update(view));
    }

    /** Whether there is a welcomed stream to this interceptor. */
    public boolean isUp(HostPort interceptor) {
        return all.stream().anyMatch(set -> set.isUp(interceptor));
    }

    /** How each interceptor fares with all shards together, as of the last change. */
    public List<Standing> standings() {
        Map<HostPort, Standing> sums = new LinkedHashMap<>();
        for (InterceptorSet set : all) {
            set.standings().forEach(standing -> sums.merge(standing.interceptor(), standing, InterceptorSets::sum));
        }
        return List.copyOf(sums.values());
    }

    private static Standing sum(Standing a, Standing b) {
        return new Standing(
                a.interceptor(),
                a.streamsUp() + b.streamsUp(),
                a.responsesDropped() + b.responsesDropped(),
                a.lastFailure().isEmpty() ? b.lastFailure() : a.lastFailure());
    }

    /** As {@link InterceptorSet#close}. */
    @Override
    public void close() {
        all.forEach(InterceptorSet::close);
    }
}
