// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.routing;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.coordinator.pool.Lease;
import drcopy.coordinator.pool.LeaseBook;
import drcopy.coordinator.pool.LeaseRequest;
import drcopy.wire.FlowKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Histories of acquire, use, supersede and release under random faults: ZooKeeper away or wiped, sessions that end behind a copier's
 * back, cut links, restarts of interceptors and copiers. The copiers' decisions and the interceptors' tables are the real ones; ZooKeeper
 * and the wires are models. All copiers see the same few client ports, so that one ID in two hands means one flow in two hands. An
 * oracle of its own says who owns what.
 */
class LeaseHistoryTest {
    private static final int RUNS = 600;
    private static final int STEPS = 300;
    private static final int COPIERS = 4;
    private static final int INTERCEPTORS = 3;
    private static final int CLIENT_PORTS = 12;
    private static final String POOL = "p";

    private final Map<Integer, long[]> store = new HashMap<>(); // ID -> session, epoch
    private final List<Interceptor> interceptors = new ArrayList<>();
    private final List<Copier> copiers = new ArrayList<>();
    private Random random;
    private long lastEpoch;
    private long lastSession;
    private long lastRoute;
    private long lastIncarnation;
    private boolean isStoreAway;
    private long nowNs;
    private long responses;
    private long losses;
    private long conflicts;
    private long doubles;

    /** Real tables, and what the oracle knows of this interceptor. */
    private static final class Interceptor {
        final RouteTable table = new RouteTable(4096);
        final RouteBook book = new RouteBook(table, (claimant, holder) -> false);
        final LeaseEpochs epochs = new LeaseEpochs();
        final Map<Integer, Copier> streams = new HashMap<>();
        final Map<Integer, BitSet> superseded = new HashMap<>();
        final Map<FlowId, Integer> owners = new HashMap<>();
        final Map<Integer, Map<Integer, Long>> hellos = new HashMap<>(); // copier -> ID -> epoch it said
        final Map<Integer, long[]> newest = new HashMap<>(); // ID -> epoch, incarnation
    }

    private static final class Copier {
        final int number;
        final long incarnation;
        final LeaseBook leases = new LeaseBook(LeaseRequest.lowestFree(2));
        final Map<Long, FlowId> routes = new HashMap<>();
        final Set<Integer> cutFrom = new HashSet<>();
        List<Integer> said = List.of();
        boolean isCutFromStore;
        long session;

        Copier(int number, long incarnation) {
            this.number = number;
            this.incarnation = incarnation;
        }
    }

    private record FlowId(int instanceId, int clientPort) {
        FlowKey key() {
            return new FlowKey().set(0, 7, 1024 + clientPort + 63 * instanceId, 0, 9, 80);
        }
    }

    @Test
    void noResponseReachesACopierThatDoesNotOwnItsFlow() {
        for (int seed = 1; seed <= RUNS; seed++) {
            begin(seed);
            for (int step = 0; step < STEPS; step++) {
                nowNs += 1_000_000_000L;
                fault();
                copiers.forEach(this::keep);
                copiers.forEach(this::open);
                respond(seed);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d histories: %d responses, %d IDs lost to newer leases, %d IDs in two hands, %d conflicts%n",
                RUNS,
                responses,
                losses,
                doubles,
                conflicts);
        assertThat(responses).isGreaterThan(10_000);
        assertThat(losses).as("IDs lost to newer leases").isGreaterThan(100);
        assertThat(doubles).as("IDs in two hands").isGreaterThan(100);
        assertThat(conflicts).as("flows claimed twice").isGreaterThan(100);
    }

    private void begin(int seed) {
        random = new Random(seed);
        store.clear();
        interceptors.clear();
        copiers.clear();
        isStoreAway = false;
        for (int i = 0; i < INTERCEPTORS; i++) {
            interceptors.add(new Interceptor());
        }
        for (int i = 0; i < COPIERS; i++) {
            copiers.add(new Copier(i, ++lastIncarnation));
        }
    }

    private void fault() {
        Copier copier = copiers.get(random.nextInt(COPIERS));
        int i = random.nextInt(INTERCEPTORS);
        switch (random.nextInt(30)) {
            case 0 -> isStoreAway = !isStoreAway;
            case 1 -> {
                if (random.nextInt(5) == 0) {
                    store.clear();
                    lastEpoch = 0;
                }
            }
            case 2, 3 -> endSession(copier);
            case 4 -> {
                copier.isCutFromStore = !copier.isCutFromStore;
                endSession(copier);
            }
            case 5 -> {
                if (!copier.cutFrom.remove(i)) {
                    copier.cutFrom.add(i);
                    endStream(interceptors.get(i), copier);
                } else {
                    hello(interceptors.get(i), copier);
                }
            }
            case 6 -> {
                interceptors.set(i, new Interceptor());
                for (Copier each : copiers) {
                    hello(interceptors.get(i), each);
                }
            }
            case 7 -> {
                interceptors.forEach(interceptor -> endStream(interceptor, copier));
                if (random.nextBoolean()) {
                    endSession(copier);
                }
                copiers.set(copier.number, new Copier(copier.number, ++lastIncarnation));
            }
            default -> {}
        }
    }

    private void endSession(Copier copier) {
        store.values().removeIf(lease -> lease[0] == copier.session);
    }

    /** What the cluster thread does in a round. */
    private void keep(Copier copier) {
        if (!isStoreAway && !copier.isCutFromStore) {
            copier.session = copier.session == 0 || random.nextInt(30) == 0 ? renew(copier) : copier.session;
            for (Lease lease : copier.leases.inUse()) {
                long[] held = store.computeIfAbsent(lease.id(), id -> new long[] {copier.session, ++lastEpoch});
                if (held[0] != copier.session) {
                    copier.leases.lost(lease.id(), nowNs);
                } else {
                    copier.leases.acquired(new Lease(lease.id(), held[1]));
                }
            }
            OptionalInt next = copier.leases.next(store.keySet(), nowNs);
            while (next.isPresent()) {
                store.put(next.getAsInt(), new long[] {copier.session, ++lastEpoch});
                copier.leases.acquired(new Lease(next.getAsInt(), lastEpoch));
                next = copier.leases.next(store.keySet(), nowNs);
            }
        }
        List<Integer> ids = copier.leases.inUse().stream().map(Lease::id).toList();
        if (!ids.equals(copier.said)) {
            copier.said = ids;
            interceptors.forEach(interceptor -> hello(interceptor, copier));
        }
    }

    private long renew(Copier copier) {
        endSession(copier);
        return ++lastSession;
    }

    private boolean isCut(Interceptor interceptor, Copier copier) {
        return copier.cutFrom.contains(interceptors.indexOf(interceptor));
    }

    private static int stream(Copier copier) {
        return copier.number + 1;
    }

    private static void endStream(Interceptor interceptor, Copier copier) {
        interceptor.table.removeStream(stream(copier));
        interceptor.streams.remove(stream(copier));
        interceptor.superseded.remove(stream(copier));
        interceptor.hellos.remove(copier.number);
        interceptor.owners.values().removeIf(owner -> owner == copier.number);
    }

    /** A stream begins: Hello, fencing of all streams as the interceptor does it, then a snapshot of the live routes. */
    private void hello(Interceptor interceptor, Copier copier) {
        endStream(interceptor, copier);
        if (isCut(interceptor, copier)) {
            return;
        }
        interceptor.streams.put(stream(copier), copier);
        interceptor.superseded.put(stream(copier), new BitSet());
        Map<Integer, Long> said = new HashMap<>();
        for (Lease lease : copier.leases.inUse()) {
            said.put(lease.id(), lease.epoch());
            interceptor.epochs.seen(POOL, lease.id(), lease.epoch(), copier.incarnation);
            interceptor.newest.merge(
                    lease.id(),
                    new long[] {lease.epoch(), copier.incarnation},
                    (old, now) -> now[0] > old[0] ? now : old);
        }
        interceptor.hellos.put(copier.number, said);
        List.copyOf(interceptor.streams.values()).forEach(each -> fence(interceptor, each));
        for (Map.Entry<Long, FlowId> route : Map.copyOf(copier.routes).entrySet()) {
            claim(interceptor, copier, route.getKey(), route.getValue());
        }
    }

    private void fence(Interceptor interceptor, Copier copier) {
        for (Map.Entry<Integer, Long> said :
                interceptor.hellos.get(copier.number).entrySet()) {
            int id = said.getKey();
            if (interceptor.epochs.isSuperseded(POOL, id, said.getValue(), copier.incarnation)
                    && !interceptor.superseded.get(stream(copier)).get(id)) {
                interceptor.superseded.get(stream(copier)).set(id);
                if (tell(copier, id, interceptor.epochs.newest(POOL, id))) {
                    hello(interceptor, copier);
                    return;
                }
            }
        }
    }

    /** True when the copier has a newer lease still, and has to say Hello again. */
    private boolean tell(Copier copier, int id, long epoch) {
        LeaseBook.Verdict verdict = copier.leases.superseded(id, epoch, nowNs);
        if (verdict == LeaseBook.Verdict.LOST) {
            losses++;
            long[] held = store.get(id);
            if (held != null && held[0] == copier.session) {
                store.remove(id);
            }
            assertThat(copier.leases.inUse()).noneMatch(lease -> lease.id() == id);
        }
        return verdict == LeaseBook.Verdict.TELL_AGAIN;
    }

    /** A session begins: its route goes to every interceptor that can be reached, and is taken back where another has the flow. */
    private void open(Copier copier) {
        for (Lease lease : copier.leases.inUse()) {
            FlowId flow = new FlowId(lease.id(), random.nextInt(CLIENT_PORTS));
            if (copier.routes.containsValue(flow)) {
                continue;
            }
            if (copiers.stream()
                    .anyMatch(other -> other != copier
                            && other.leases.inUse().stream().anyMatch(each -> each.id() == lease.id()))) {
                doubles++;
            }
            long route = ++lastRoute;
            copier.routes.put(route, flow);
            interceptors.forEach(interceptor -> claim(interceptor, copier, route, flow));
        }
        if (copier.routes.size() > CLIENT_PORTS) {
            withdraw(copier, copier.routes.keySet().iterator().next());
        }
    }

    private void claim(Interceptor interceptor, Copier copier, long route, FlowId flow) {
        boolean isRefused = isCut(interceptor, copier)
                || !copier.routes.containsKey(route)
                || !interceptor.streams.containsKey(stream(copier))
                || interceptor.superseded.get(stream(copier)).get(flow.instanceId());
        if (isRefused) {
            return;
        }
        Integer owner = interceptor.owners.get(flow);
        RouteBook.Outcome outcome = interceptor.book.claim(flow.key(), stream(copier), route, 0);
        if (outcome == RouteBook.Outcome.CONFLICT) {
            conflicts++;
            assertThat(owner).isNotNull().isNotEqualTo(copier.number);
            withdraw(copier, route);
            return;
        }
        assertThat(owner == null || owner == copier.number)
                .as("%s was another's", flow)
                .isTrue();
        assertFenced(interceptor, copier, flow);
        interceptor.owners.put(flow, copier.number);
    }

    /** Once somebody else's newer epoch of an ID was seen, the older holder gets no new route on it. */
    private static void assertFenced(Interceptor interceptor, Copier copier, FlowId flow) {
        Long said = interceptor.hellos.get(copier.number).get(flow.instanceId());
        long[] newest = interceptor.newest.get(flow.instanceId());
        if (said != null && newest != null && newest[1] != copier.incarnation) {
            assertThat(said).as("epoch of %s", flow).isGreaterThanOrEqualTo(newest[0]);
        }
    }

    private void withdraw(Copier copier, long route) {
        FlowId flow = copier.routes.remove(route);
        for (Interceptor interceptor : interceptors) {
            int entry = interceptor.table.find(stream(copier), route);
            if (entry != RouteTable.NONE) {
                interceptor.table.remove(entry);
                interceptor.owners.remove(flow);
            }
        }
    }

    /** Every real server answers on every flow there may be; where a route is known, its copier must be the flow's owner. */
    private void respond(int seed) {
        for (Interceptor interceptor : interceptors) {
            for (int id = 0; id < 3 * COPIERS; id++) {
                FlowId flow = new FlowId(id, random.nextInt(CLIENT_PORTS));
                int entry = interceptor.table.find(flow.key());
                if (entry == RouteTable.NONE) {
                    assertThat(interceptor.owners).doesNotContainKey(flow);
                    continue;
                }
                responses++;
                Copier receiver = interceptor.streams.get(interceptor.table.stream(entry));
                assertThat(receiver.number).as("seed %d, %s", seed, flow).isEqualTo(interceptor.owners.get(flow));
                assertThat(receiver.routes).containsEntry(interceptor.table.routeId(entry), flow);
            }
        }
    }
}
